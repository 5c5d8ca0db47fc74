import type { Label, Language } from '../model/label.ts'
import type { Location, Problem } from './problem.ts'

type Severity = Problem['severity']
type Actor = Problem['actor']

interface Entry {
  readonly severity?: Severity
  readonly actor?: Actor
  /** Whoever tries the same again in a while is likely to find it gone. */
  readonly passing?: true
  readonly message: Label
}

/** Every problem Millrace can report. `{name}` is filled from the problem's parameters. */
const catalogue = {
  'flow.invalid': {
    message: { en: 'This is not a flow Millrace can read: {detail}', zh: '无法读取该流程：{detail}' },
  },
  'flow.newer': {
    message: {
      en: 'This flow was written by a newer Millrace: version {version} of the format; this one reads up to {newest}.',
      zh: '该流程由更新版本的 Millrace 创建：格式版本 {version}，当前最高支持 {newest}。',
    },
  },
  'flow.noVersion': {
    message: {
      en: 'This flow does not say of which version of the format it is; "version": 1 was the first.',
      zh: '该流程没有注明格式版本；最早的版本是 "version": 1。',
    },
  },
  'flow.cycle': {
    message: {
      en: 'The nodes {nodes} feed each other in a circle. Remove one of the edges between them.',
      zh: '节点 {nodes} 首尾相连形成环路，请删除其中一条连线。',
    },
  },
  'flow.noTarget': {
    message: {
      en: 'The flow has no target. Add one, so that its rows go somewhere.',
      zh: '流程没有目标节点，请添加一个目标。',
    },
  },
  'flow.inputAlone': {
    message: {
      en: 'This flow takes rows from the flows that use it, so it cannot run by itself. Run one of those.',
      zh: '此流程的数据来自使用它的流程，不能单独运行。请运行使用它的流程。',
    },
  },
  'subflow.columnMissing': {
    message: {
      en: 'The column “{column}” does not arrive, and the flow inside needs it. Add or rename it before this node.',
      zh: '子流程需要列“{column}”，但未收到。请在此节点之前添加或重命名该列。',
    },
  },
  'subflow.columnType': {
    message: {
      en: 'The column “{column}” must be {type} here, and it arrives as {given}. Convert it before this node.',
      zh: '列“{column}”在此应为 {type}，实际为 {given}，请先转换。',
    },
  },
  'subflow.duplicatePort': {
    message: {
      en: 'Two ports of the flow are named “{name}”. Give one of them another name.',
      zh: '流程有两个端口都名为“{name}”，请修改其中一个的名称。',
    },
  },
  'subflow.recursion': {
    message: {
      en: '“{flow}” uses itself here. A flow cannot be a part of itself.',
      zh: '“{flow}”在此使用了自身，流程不能包含自己。',
    },
  },
  'subflow.tooDeep': {
    message: {
      en: 'Flows stand in flows more than {most} deep here. Draw some of them flat.',
      zh: '子流程嵌套超过 {most} 层，请展开其中一部分。',
    },
  },
  'subflow.inside': {
    message: { en: 'Inside, at “{node}”: {detail}', zh: '子流程内“{node}”：{detail}' },
  },
  'rename.subflow': {
    message: {
      en: 'The sub-flow “{flow}” names “{column}” inside, at {nodes}, and stays as it is. Put a Map before the sub-flow that lists the columns under their old names and leaves out all others; or open the flow that it uses, rename the column there, publish it, and take the newer version here.',
      zh: '子流程“{flow}”在其内部的{nodes}处按此名称使用列“{column}”，且不会随之更改。请在子流程之前添加“映射”，按原名称列出各列且不保留其余列；或者打开所用的流程，在其中重命名该列并发布，再在此处改用新版本。',
    },
  },
  'rename.madeInside': {
    message: {
      en: '“{column}” gets its name inside the sub-flow “{flow}”. Put a Map after the sub-flow to rename it.',
      zh: '列“{column}”的名称在子流程“{flow}”内部设定，请在子流程之后添加“映射”来重命名。',
    },
  },
  'node.unknownKind': {
    message: { en: 'There is no node of the kind “{kind}”.', zh: '没有类型为“{kind}”的节点。' },
  },
  'node.duplicateId': {
    message: { en: 'Two nodes have the id “{id}”.', zh: '有两个节点的标识都是“{id}”。' },
  },
  'edge.unknownEnd': {
    message: {
      en: 'An edge leads to a port that does not exist: {end}.',
      zh: '连线指向不存在的端口：{end}。',
    },
  },
  'port.unconnected': {
    message: { en: 'Connect something to the input “{port}”.', zh: '请为输入端口“{port}”连接数据。' },
  },
  'port.tooMany': {
    message: {
      en: 'The input “{port}” takes one edge only. Put a union before it.',
      zh: '输入端口“{port}”只能接一条连线，请先用“合并”节点。',
    },
  },
  'setting.invalid': {
    message: { en: '{label}: {detail}', zh: '{label}：{detail}' },
  },
  'setting.unknown': {
    message: { en: 'There is no setting “{name}” here.', zh: '此处没有名为“{name}”的设置。' },
  },
  'setting.required': {
    message: { en: '{label} is missing.', zh: '缺少“{label}”。' },
  },
  'column.unknown': {
    message: { en: 'There is no column “{column}” here.', zh: '此处没有列“{column}”。' },
  },
  'column.duplicate': {
    message: { en: 'Two columns would be named “{column}”.', zh: '有两列都名为“{column}”。' },
  },
  'column.reserved': {
    message: {
      en: 'Column names beginning with “{prefix}” are reserved. Rename “{column}”.',
      zh: '以“{prefix}”开头的列名为系统保留，请重命名“{column}”。',
    },
  },
  'rename.notMadeHere': {
    message: {
      en: 'This node does not give “{column}” its name. Put a Map behind it to rename it.',
      zh: '列“{column}”的名称不是由此节点设定的，请在其后添加“映射”节点来重命名。',
    },
  },
  'rename.changesMeaning': {
    message: {
      en: 'With the new name this node would put other columns together than now.',
      zh: '使用新名称后，此节点合并或对应的列会与现在不同。',
    },
  },
  'rename.fixed': {
    message: {
      en: 'This text names “{column}” in a way that cannot be rewritten; change it by hand.',
      zh: '此处对“{column}”的引用无法自动改写，请手动修改。',
    },
  },
  'rename.unnamed': {
    message: {
      en: 'This query calculates a column without naming it, so that its name would change too. Name it with AS.',
      zh: '该查询有一个计算列没有命名，其名称会随之改变，请用 AS 为它命名。',
    },
  },
  'rename.becomesValue': {
    severity: 'warning',
    message: {
      en: 'Here names of columns become values of rows; the rows will hold the new name.',
      zh: '此节点会把列名写入数据，数据中的列名将变为新名称。',
    },
  },
  'golden.newSource': {
    message: {
      en: 'The golden test has no rows for this source. Save it anew.',
      zh: '黄金测试中没有该数据源的数据，请重新保存测试。',
    },
  },
  'golden.noPort': {
    message: {
      en: 'There are no rows at this port any more. {detail}',
      zh: '该端口已没有数据。{detail}',
    },
  },
  'golden.order': {
    message: {
      en: 'The rows are those expected, in another order from row {row} on: “{actual}” where “{expected}” should be.',
      zh: '数据与预期相同，但从第 {row} 行起顺序不同：应为“{expected}”，实际为“{actual}”。',
    },
  },
  'golden.tooMany': {
    message: {
      en: 'A golden test keeps {most} rows at most. Choose a port with fewer rows.',
      zh: '黄金测试最多保存 {most} 行，请选择数据较少的端口。',
    },
  },
  'key.missing': {
    message: {
      en: 'There is no key “{key}” here. Choose one that exists or create it; on the command line, --keys names the folder of the keys.',
      zh: '此处没有密钥“{key}”。请选择已有密钥或新建一个；在命令行中，请用 --keys 指定密钥所在的文件夹。',
    },
  },
  'key.types': {
    message: {
      en: 'The keys “{left}” ({leftType}) and “{right}” ({rightType}) cannot be compared. Convert one of them first.',
      zh: '键“{left}”（{leftType}）与“{right}”（{rightType}）无法比较，请先转换其中一列。',
    },
  },
  'connection.missing': {
    message: {
      en: 'There is no connection “{id}”. Choose one, or make it on the Connections page.',
      zh: '没有连接“{id}”，请选择其他连接，或在“连接”页面创建。',
    },
  },
  'connection.otherKind': {
    message: {
      en: 'The connection “{id}” is one of {connector}; this node needs one of {wanted}.',
      zh: '连接“{id}”属于 {connector}，该节点需要 {wanted} 的连接。',
    },
  },
  'connection.incomplete': {
    actor: 'operator',
    message: {
      en: 'The connection “{id}” cannot be used as it is: {detail}. Open it on the Connections page.',
      zh: '连接“{id}”目前无法使用：{detail}。请在“连接”页面打开并修正。',
    },
  },
  'connection.secretLost': {
    actor: 'operator',
    message: {
      en: 'The secrets of the connection “{id}” cannot be read: their master key is gone, or what is stored was changed. Enter them again on the Connections page.',
      zh: '无法读取连接“{id}”的密钥信息：主密钥已不存在，或存储的内容被改动。请在“连接”页面重新填写。',
    },
  },
  'connection.secretRequired': {
    message: {
      en: 'Enter {label} again: the stored one is for the address it was entered for, and never sent anywhere else.',
      zh: '请重新填写“{label}”：已保存的内容只用于原来的地址，不会发送到其他地方。',
    },
  },
  'connection.inUse': {
    message: {
      en: 'The connection is used by {flows}. Choose another one there first.',
      zh: '该连接正被 {flows} 使用，请先在其中改用其他连接。',
    },
  },
  'connection.noAnswer': {
    actor: 'operator',
    passing: true,
    message: {
      en: 'No answer came within {seconds} seconds.',
      zh: '{seconds} 秒内没有得到应答。',
    },
  },
  'connection.nameNotFound': {
    actor: 'operator',
    message: {
      en: 'There is no host “{host}”. Check its spelling, and whether this server’s DNS knows it.',
      zh: '找不到主机“{host}”。请检查拼写，以及本服务器的 DNS 能否解析。',
    },
  },
  'connection.refused': {
    actor: 'operator',
    passing: true,
    message: {
      en: 'Nothing listens at {host}:{port}. Check the port, and whether the system runs and accepts connections from outside.',
      zh: '{host}:{port} 没有服务监听。请检查端口，以及系统是否运行并接受外部连接。',
    },
  },
  'connection.timeout': {
    actor: 'operator',
    passing: true,
    message: {
      en: '{host}:{port} does not answer. A firewall may be in between.',
      zh: '{host}:{port} 没有响应，可能被防火墙拦截。',
    },
  },
  'connection.tlsMissing': {
    actor: 'operator',
    message: {
      en: 'The server offers no encryption. Switch TLS on there, or allow an unencrypted connection.',
      zh: '服务器不支持加密。请在服务器启用 TLS，或允许不加密连接。',
    },
  },
  'connection.tls': {
    actor: 'operator',
    message: {
      en: 'The encrypted connection failed: {detail}. Check the certificate and its authority.',
      zh: '加密连接失败：{detail}。请检查证书及其颁发机构。',
    },
  },
  'connection.authorityUnknown': {
    actor: 'operator',
    message: {
      en: 'The server’s certificate is of an authority that is not known here. Enter the certificate of that authority under “Certificate authority (PEM)”; whoever runs the server has it.',
      zh: '服务器证书的颁发机构在此处不受信任。请在“证书颁发机构（PEM）”中填写该机构的证书，可向服务器管理员索取。',
    },
  },
  'connection.authorityInvalid': {
    actor: 'operator',
    message: {
      en: 'What is entered under “Certificate authority (PEM)” is no certificate. Enter the whole text, from “-----BEGIN CERTIFICATE-----” to “-----END CERTIFICATE-----”.',
      zh: '“证书颁发机构（PEM）”中填写的内容不是证书。请填写完整文本，从“-----BEGIN CERTIFICATE-----”到“-----END CERTIFICATE-----”。',
    },
  },
  'connection.login': {
    actor: 'operator',
    message: {
      en: 'The system refused the login of “{user}”: {detail}',
      zh: '系统拒绝用户“{user}”登录：{detail}',
    },
  },
  'connection.starting': {
    actor: 'operator',
    passing: true,
    message: {
      en: 'The server is starting, stopping or being restored, and takes nobody in now. Try again in a moment. It says: {detail}',
      zh: '服务器正在启动、关闭或恢复，暂不接受连接，请稍后重试。服务器的说明：{detail}',
    },
  },
  'connection.busy': {
    actor: 'operator',
    passing: true,
    message: {
      en: 'The server takes no more connections now. Try again in a while, or allow more of them there. It says: {detail}',
      zh: '服务器目前不再接受新的连接，请稍后重试，或在服务器上放宽连接数。服务器的说明：{detail}',
    },
  },
  'connection.database': {
    actor: 'operator',
    message: {
      en: 'The database “{database}” cannot be opened: {detail}',
      zh: '无法打开数据库“{database}”：{detail}',
    },
  },
  'connection.noTables': {
    severity: 'warning',
    actor: 'operator',
    message: {
      en: '“{user}” may read no table here. Grant it the rights that flows need.',
      zh: '用户“{user}”无权读取任何表，请授予流程所需的权限。',
    },
  },
  'connection.lost': {
    actor: 'operator',
    passing: true,
    message: {
      en: 'The connection to the database was lost: {detail}',
      zh: '与数据库的连接中断：{detail}',
    },
  },
  'database.busy': {
    actor: 'operator',
    passing: true,
    message: {
      en: 'Somebody else’s work in the database was in the way. Try again in a while. The database says: {detail}',
      zh: '数据库中的其他操作造成了冲突，请稍后重试。数据库返回：{detail}',
    },
  },
  'connection.readOnly': {
    severity: 'warning',
    actor: 'operator',
    message: {
      en: '“{path}” can be read but not written: {detail}',
      zh: '“{path}”可读取，但不能写入：{detail}',
    },
  },
  'database.locked': {
    actor: 'operator',
    passing: true,
    message: {
      en: 'Another program has held the database for more than {seconds} s. Try again, or let the connection wait longer.',
      zh: '其他程序占用该数据库已超过 {seconds} 秒。请重试，或延长连接的等待时间。',
    },
  },
  'database.refused': {
    message: { en: 'The database says: {detail}', zh: '数据库返回：{detail}' },
  },
  'table.unknown': {
    message: {
      en: 'There is no table “{table}” that this user may see. Choose another one, or make it in the database.',
      zh: '没有该用户可见的表“{table}”。请选择其他表，或在数据库中创建。',
    },
  },
  'table.noColumn': {
    message: {
      en: 'The table has no column “{column}”. Add it there, or leave it out before this node.',
      zh: '表中没有列“{column}”。请在表中添加，或在该节点之前移除此列。',
    },
  },
  'table.needsColumn': {
    message: {
      en: 'The table wants a value for “{column}”, which does not arrive here.',
      zh: '表要求“{column}”有值，但没有该列的数据。',
    },
  },
  'table.noKey': {
    message: {
      en: 'The table has no primary key or unique index over exactly {keys}, which this mode needs.',
      zh: '表中没有恰好基于 {keys} 的主键或唯一索引，此写入方式需要它。',
    },
  },
  'table.filledColumn': {
    message: {
      en: 'The database computes “{column}” itself. Leave it out before this node.',
      zh: '“{column}”由数据库自行计算，请在该节点之前移除此列。',
    },
  },
  'table.zone': {
    severity: 'warning',
    message: {
      en: '“{column}” is {type} here and {other} in the table: times are taken as UTC.',
      zh: '“{column}”在此为 {type}，在表中为 {other}：时间按 UTC 处理。',
    },
  },
  'target.rejectLimit': {
    message: {
      en: 'The database refused {count} rows, more than the {limit} that are allowed. Nothing was written. The first: {reason}',
      zh: '数据库拒绝了 {count} 行，超过允许的 {limit} 行。未写入任何数据。首个原因：{reason}',
    },
  },
  'target.mirrorCap': {
    message: {
      en: 'Mirroring would delete {count} of {total} rows, more than {percent} %. Nothing was changed. Raise the limit if this is meant.',
      zh: '镜像将删除 {total} 行中的 {count} 行，超过 {percent} %。未作任何更改。如确需删除，请调高上限。',
    },
  },
  'target.noPrevious': {
    message: {
      en: 'There are no previous rows of “{table}” to go back to.',
      zh: '“{table}”没有可恢复的先前数据。',
    },
  },
  'connection.noLocalInfile': {
    severity: 'warning',
    actor: 'operator',
    message: {
      en: 'The server takes no rows by LOAD DATA LOCAL: its variable local_infile is off. Rows are written by INSERT, which is slower; to write faster, switch it on there.',
      zh: '服务器不接受 LOAD DATA LOCAL：变量 local_infile 为关闭状态。数据行将以 INSERT 写入，速度较慢；如需加快写入，请在服务器上启用该变量。',
    },
  },
  'table.notTransactional': {
    message: {
      en: 'The table “{table}” is of the engine {engine}, which cannot take rows back. Change it to InnoDB.',
      zh: '表“{table}”使用的引擎 {engine} 不支持回滚，请改为 InnoDB。',
    },
  },
  'union.width': {
    message: {
      en: 'Input {input} has {count} columns, the first has {first}. Combine by name, or map the columns first.',
      zh: '第 {input} 个输入有 {count} 列，第一个有 {first} 列。请按列名合并，或先映射列。',
    },
  },
  'union.types': {
    message: {
      en: 'The column “{column}” is {type} in one input and {other} in another. Convert one of them first.',
      zh: '列“{column}”在一个输入中是 {type}，在另一个中是 {other}，请先转换其中之一。',
    },
  },
  'expression.invalid': {
    message: { en: '{detail}', zh: '表达式有误：{detail}' },
  },
  'expression.keyword': {
    message: {
      en: 'SQL has the word {word} for itself; as a column it is written in quotes.',
      zh: '{word} 是 SQL 的保留字，作为列名须加引号。',
    },
  },
  'function.unknown': {
    message: {
      en: 'There is no function “{name}” in a flow.',
      zh: '流程中没有函数“{name}”。',
    },
  },
  'function.arguments': {
    message: {
      en: '{name} does not take ({given}). It takes {forms}.',
      zh: '{name} 不接受 ({given})，可接受：{forms}。',
    },
  },
  'expression.notScalar': {
    message: {
      en: 'This must be one expression over the columns of a row; {detail} is not allowed here.',
      zh: '此处只能填写针对单行的一个表达式，不允许 {detail}。',
    },
  },
  'expression.type': {
    message: {
      en: 'This must give {expected}, but it gives {actual}.',
      zh: '此处应得到 {expected}，实际得到 {actual}。',
    },
  },
  'sql.invalid': { message: { en: '{detail}', zh: 'SQL 有误：{detail}' } },
  'sql.notAllowed': {
    message: { en: '{detail} is not allowed in a flow.', zh: '流程中不允许使用 {detail}。' },
  },
  'parameter.unknown': {
    message: { en: 'There is no parameter “{name}”.', zh: '没有名为“{name}”的参数。' },
  },
  'parameter.invalid': {
    message: {
      en: 'The parameter “{name}” must be of type {type}; “{value}” is not.',
      zh: '参数“{name}”应为 {type} 类型，“{value}”不符合。',
    },
  },
  'file.missing': {
    message: {
      en: 'There is no file “{path}”. Upload it in Files or choose another.',
      zh: '没有文件“{path}”，请在“文件”中上传或另选文件。',
    },
  },
  'file.notAllowed': {
    message: {
      en: '“{path}” is outside the folders this server may use.',
      zh: '“{path}”不在服务器允许访问的文件夹内。',
    },
  },
  'source.newColumns': {
    severity: 'warning',
    message: {
      en: '“{path}” has columns that are not in the list: {columns}. They are held back until you decide.',
      zh: '“{path}”中有未列出的列：{columns}。在您决定之前不会读取。',
    },
  },
  'source.columnMissing': {
    message: {
      en: '“{path}” has no column “{column}”. Read the columns again, or take it out of the list.',
      zh: '“{path}”中没有列“{column}”。请重新读取列，或将其从列表中移除。',
    },
  },
  'file.noMatch': {
    message: { en: 'No file matches “{pattern}”.', zh: '没有文件与“{pattern}”匹配。' },
  },
  'file.unreadable': {
    message: { en: '“{path}” cannot be read: {detail}', zh: '无法读取“{path}”：{detail}' },
  },
  'file.empty': {
    message: {
      en: '“{path}” is empty: it has no header and no rows.',
      zh: '“{path}”是空文件，没有表头也没有数据行。',
    },
  },
  'file.tooLarge': {
    message: {
      en: '“{path}” unpacks to more than {limit}. It was not read any further.',
      zh: '“{path}”解压后超过 {limit}，已停止读取。',
    },
  },
  'target.failed': {
    actor: 'operator',
    message: { en: 'Writing “{path}” failed: {detail}', zh: '写入“{path}”失败：{detail}' },
  },
  'target.limit': {
    message: { en: '“{path}” cannot hold this: {detail}', zh: '“{path}”无法容纳这些数据：{detail}' },
  },
  'source.slow': {
    actor: 'operator',
    message: {
      en: 'The system has not answered yet. Its columns are shown as soon as it does.',
      zh: '系统尚未响应，响应后将立即显示其列。',
    },
  },
  'target.onePhase': {
    severity: 'warning',
    actor: 'operator',
    message: {
      en: 'This server cannot prepare a commit, so it commits first, by itself. Should it be the second of several such targets and fail in that moment, the first has its new rows and this one has not; the run says so.',
      zh: '该服务器不支持两阶段提交，将单独先行提交。若同一流程中有多个此类目标，后提交者在此刻失败时，先提交者已写入新行而后者没有；运行记录会说明这一情况。',
    },
  },
  'target.undone': {
    actor: 'operator',
    message: {
      en: 'The system undid the rows of this target before they were committed: its session was lost. Nothing was written; run the flow again.',
      zh: '目标系统在提交前丢失会话，已撤销写入的行。没有写入任何数据，请重新运行。',
    },
  },
  'target.partly': {
    actor: 'operator',
    message: {
      en: 'Committed: {committed}. Not committed: {lost}, because: {reason}',
      zh: '已提交：{committed}。未提交：{lost}，原因：{reason}',
    },
  },
  'disk.full': {
    actor: 'operator',
    message: {
      en: 'The disk is full. Free some space and run again; nothing was changed.',
      zh: '磁盘空间已满，请清理后重新运行；未作任何更改。',
    },
  },
  'run.memory': {
    actor: 'operator',
    message: {
      en: 'The run needed more than {limit} of memory and was stopped. {detail}',
      zh: '运行所需内存超过 {limit}，已被停止。{detail}',
    },
  },
  'run.died': {
    actor: 'us',
    message: {
      en: 'The process of this run ended unexpectedly ({detail}). Nothing was committed.',
      zh: '运行进程意外结束（{detail}），未提交任何数据。',
    },
  },
  'run.tooLong': {
    actor: 'operator',
    message: {
      en: 'The run was stopped after {seconds} seconds, which is the longest that a run may take here (MILLRACE_RUN_SECONDS). Nothing was written.',
      zh: '运行已超过此处允许的最长时间 {seconds} 秒（MILLRACE_RUN_SECONDS），已停止，未写入任何数据。',
    },
  },
  'run.unbalanced': {
    actor: 'us',
    message: {
      en: 'The row counts of this node do not add up: {equation}. Nothing was committed.',
      zh: '该节点的行数不平衡：{equation}，未提交任何数据。',
    },
  },
  'condition.value': {
    message: {
      en: '“{value}” cannot be compared with “{column}”: it is no value of type {type}.',
      zh: '“{value}”无法与“{column}”比较：它不是 {type} 类型的值。',
    },
  },
  'cursor.invalid': {
    message: {
      en: '“{value}” cannot be a position of “{column}” ({type}): {expected} is wanted.',
      zh: '“{value}”不能作为“{column}”（{type}）的位置：应为{expected}。',
    },
  },
  'run.volume': {
    message: {
      en: 'This node gives {rows} rows, and its guard expects {expected}. Nothing was written.',
      zh: '该节点产生 {rows} 行，而行数保护要求 {expected}。未写入任何数据。',
    },
  },
  'run.columnsChanged': {
    actor: 'operator',
    message: {
      en: 'The columns of the source changed while it was being read again. Nothing was written; run the flow again.',
      zh: '重新读取期间来源的列发生了变化。未写入任何数据，请重新运行。',
    },
  },
  'run.rowsGone': {
    message: {
      en: 'What the failed run had read is not kept any more. Retry from the start.',
      zh: '失败的运行所读取的数据已不再保留，请从头重试。',
    },
  },
  'run.sourceChanged': {
    message: {
      en: 'This source would now read something else than the failed run did: its settings or its file have changed. Nothing was written; retry from the start.',
      zh: '该来源的设置或文件在运行失败后已变化，将读取到不同的数据。未写入任何数据，请从头重试。',
    },
  },
  'run.columnNotKept': {
    message: {
      en: 'The flow now needs the column {column}, which the failed run had not read. Nothing was written; retry from the start.',
      zh: '流程现在需要列“{column}”，而失败的运行未读取该列。未写入任何数据，请从头重试。',
    },
  },
  'run.overtaken': {
    message: {
      en: 'Another run of this flow has succeeded since, or a cursor was moved: what the failed run had read is out of date. Nothing was written; run the flow as it is.',
      zh: '此后该流程已有其他运行成功，或游标已被移动，失败运行所读取的数据已过时。未写入任何数据，请直接运行流程。',
    },
  },
  'run.changed': {
    message: {
      en: 'What this run would change is no longer what was approved: the source or the target has changed since. Nothing was written; look at a new dry run.',
      zh: '本次运行的变更与已批准的试运行不一致：来源或目标在此期间已变化。未写入任何数据，请重新试运行。',
    },
  },
  'run.notApproved': {
    message: {
      en: 'This flow writes only what somebody has approved. Start a dry run, look at what would change, and approve it there. Nothing was written.',
      zh: '该流程只写入已获批准的变更。请先试运行，查看将要发生的变更，并在试运行页面批准。未写入任何数据。',
    },
  },
  'replay.gone': {
    message: {
      en: 'The flow does not have the node any more that rejected these rows.',
      zh: '流程中已没有拒绝这些行的节点。',
    },
  },
  'replay.notCommitted': {
    message: {
      en: 'The run that rejected this row has written nothing, so the row cannot follow the others. Run the flow again first.',
      zh: '拒绝该行的运行没有写入任何数据，因此不能单独补写这一行。请先重新运行流程。',
    },
  },
  'replay.unknownColumns': {
    message: {
      en: 'It cannot be told which columns arrive at this node, so its rows cannot be fed in again now. See what is wrong before it.',
      zh: '无法得知到达该节点的列，因此现在不能重新送入这些行。请检查其上游的问题。',
    },
  },
  'replay.notApproved': {
    message: {
      en: 'This flow writes only what a dry run has shown and somebody approved, so rows cannot be fed in by themselves. Mend the mapping or the source, then start a dry run.',
      zh: '该流程只写入试运行展示过且已获批准的变更，因此不能单独送入这些行。请修正映射或来源，然后开始试运行。',
    },
  },
  'replay.together': {
    message: {
      en: 'This node looks at all rows together: of a few rows that are fed in later it would give something else. Run the flow from the start instead.',
      zh: '该节点需要同时处理全部行，之后单独送入的少量行会得到不同的结果。请从头运行流程。',
    },
  },
  'replay.sideInput': {
    message: {
      en: 'The rows come here as what other rows are looked up in, which a few of them would change. Run the flow from the start instead.',
      zh: '这些行在此作为供其他行查找的数据，单独送入少量行会改变结果。请从头运行流程。',
    },
  },
  'run.value': {
    message: { en: 'A value could not be computed: {detail}', zh: '计算某个值时出错：{detail}' },
  },
  'run.failed': {
    actor: 'us',
    message: { en: 'The node failed: {detail}', zh: '节点运行失败：{detail}' },
  },
} as const satisfies Readonly<Record<string, Entry>>

export type ProblemCode = keyof typeof catalogue

/** Whether the same is likely to succeed in a while, though nobody changes anything. */
export function isPassing({ code }: Pick<Problem, 'code'>): boolean {
  const entries: Readonly<Record<string, Entry>> = catalogue
  return Object.hasOwn(entries, code) && entries[code]?.passing === true
}

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** The parameters a code's sentence needs, read off the sentence itself; a label where languages differ. */
export type ProblemParameters<Code extends ProblemCode> = Record<
  Placeholders<(typeof catalogue)[Code]['message']['en']>,
  string | Label
>

function fill(
  text: string,
  language: Language,
  parameters: Readonly<Record<string, string | Label>>,
): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name]
    return value === undefined ? whole : typeof value === 'string' ? value : value[language]
  })
}

export function createProblem<Code extends ProblemCode>(
  code: Code,
  parameters: ProblemParameters<Code>,
  location: Location = {},
  suggestions: readonly string[] = [],
): Problem {
  const entry: Entry = catalogue[code]
  return {
    code,
    severity: entry.severity ?? 'error',
    actor: entry.actor ?? 'author',
    parameters: Object.fromEntries(
      Object.entries<string | Label>(parameters).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : value.en,
      ]),
    ),
    location,
    message: { en: fill(entry.message.en, 'en', parameters), zh: fill(entry.message.zh, 'zh', parameters) },
    suggestions: [...suggestions],
  }
}

/** Thrown where work cannot go on; carries the problem that says where, what and what to do. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message.en, options)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

export function fail<Code extends ProblemCode>(
  code: Code,
  parameters: ProblemParameters<Code>,
  location: Location = {},
  suggestions: readonly string[] = [],
): never {
  throw new ProblemError(createProblem(code, parameters, location, suggestions))
}
