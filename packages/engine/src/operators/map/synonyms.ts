/**
 * Fields that customer, order and staff systems have in common, each with the names it goes by in English,
 * in Chinese and in pinyin. Names are compared without case and separators.
 */
const fields: readonly string[] = [
  'id | no | number | code | 编号 | 编码 | 代码 | 序号 | bianhao | bianma',
  'customer id | customer no | customer code | cust id | cust no | client id | account id | 客户编号 | 客户编码 | 客户代码 | 客户号 | kehu bianhao | kehu bianma | khbh',
  'customer name | cust name | client name | account name | 客户名称 | 客户姓名 | 客户名 | kehu mingcheng | kehu xingming | khmc',
  'name | full name | 姓名 | 名称 | 名字 | xingming | mingcheng | mingzi',
  'first name | given name | forename | 名 | ming',
  'last name | surname | family name | 姓 | xing',
  'company | company name | organization | organisation | org name | employer | 公司 | 公司名称 | 单位 | 单位名称 | 企业名称 | gongsi | gongsi mingcheng | danwei',
  'contact | contact name | contact person | 联系人 | 联系人姓名 | lianxiren',
  'phone | telephone | tel | mobile | mobile phone | mobile no | cell | cell phone | phone number | contact phone | 电话 | 电话号码 | 手机 | 手机号 | 手机号码 | 联系电话 | 移动电话 | dianhua | shouji | shoujihao | lianxi dianhua',
  'fax | fax number | 传真 | chuanzhen',
  'email | mail | email address | mail address | 邮箱 | 电子邮箱 | 电子邮件 | 邮件 | youxiang | dianzi youxiang',
  'wechat | weixin | wechat id | 微信 | 微信号',
  'gender | sex | 性别 | xingbie',
  'birthday | birth date | date of birth | dob | born | 生日 | 出生日期 | shengri | chusheng riqi',
  'age | 年龄 | nianling',
  'id card | identity card | id number | identity no | national id | 身份证 | 身份证号 | 身份证号码 | 证件号码 | shenfenzheng | shenfenzheng hao',
  'country | nation | 国家 | guojia',
  'province | state | region | 省 | 省份 | 地区 | 区域 | sheng | shengfen | diqu | quyu',
  'city | town | 城市 | 市 | 所在城市 | chengshi',
  'district | county | 区县 | 区 | 县 | quxian',
  'address | addr | street | street address | 地址 | 详细地址 | 联系地址 | 通讯地址 | dizhi | xiangxi dizhi',
  'postal code | post code | zip | zip code | 邮编 | 邮政编码 | youbian',
  'industry | sector | 行业 | 所属行业 | hangye',
  'source | channel | lead source | 来源 | 渠道 | 客户来源 | laiyuan | qudao',
  'level | grade | tier | rank | 等级 | 级别 | 客户等级 | dengji | jibie',
  'status | stage | 状态 | 阶段 | zhuangtai | jieduan',
  'type | category | kind | class | 类型 | 类别 | 分类 | leixing | leibie | fenlei',
  'owner | sales | salesperson | sales rep | account manager | 负责人 | 销售 | 销售员 | 业务员 | 客户经理 | fuzeren | xiaoshou | yewuyuan | kehu jingli',
  'department | dept | division | 部门 | 所属部门 | bumen',
  'position | title | job title | 职位 | 职务 | 岗位 | zhiwei | zhiwu | gangwei',
  'employee id | employee no | staff id | staff no | 员工编号 | 工号 | 职工号 | gonghao | yuangong bianhao',
  'order id | order no | order number | 订单号 | 订单编号 | dingdanhao | dingdan bianhao',
  'contract no | contract number | contract id | 合同号 | 合同编号 | hetonghao | hetong bianhao',
  'product | product name | item | item name | goods | 产品 | 产品名称 | 商品 | 商品名称 | 货品 | chanpin | shangpin | shangpin mingcheng',
  'sku | product code | product id | item code | item no | 商品编码 | 产品编码 | 货号 | shangpin bianma | huohao',
  'quantity | qty | count | pieces | 数量 | 件数 | shuliang',
  'price | unit price | 单价 | 价格 | danjia | jiage',
  'amount | total | total amount | sum | money | revenue | turnover | contract amount | order amount | 金额 | 总金额 | 总价 | 合计 | 合同金额 | 订单金额 | 销售额 | jine | zongjine | heji',
  'currency | 币种 | 货币 | bizhong | huobi',
  'discount | 折扣 | zhekou',
  'tax | vat | 税额 | 税 | shuie',
  'tax number | tax id | vat number | 税号 | 纳税人识别号 | shuihao',
  'bank | bank name | 开户行 | 银行 | kaihuhang | yinhang',
  'bank account | account number | account no | 银行账号 | 账号 | 账户 | yinhang zhanghao | zhanghao',
  'date | day | 日期 | riqi',
  'order date | ordered at | order time | 下单时间 | 下单日期 | 订单日期 | 订购日期 | xiadan shijian | dingdan riqi',
  'signing date | signed | signed at | sign date | contract date | 签约日期 | 签订日期 | 合同日期 | qianyue riqi | qianding riqi',
  'created | created at | create time | created on | creation date | creation time | 创建时间 | 创建日期 | 建档日期 | chuangjian shijian',
  'updated | updated at | update time | modified | modified at | last modified | 更新时间 | 修改时间 | gengxin shijian | xiugai shijian',
  'hire date | entry date | joined | joined at | join date | 入职日期 | 入职时间 | ruzhi riqi',
  'due date | deadline | expiry date | expires | 到期日 | 到期日期 | 截止日期 | daoqi riqi | jiezhi riqi',
  'remark | remarks | note | notes | comment | comments | description | 备注 | 说明 | 描述 | beizhu | shuoming | miaoshu',
]

/** A name without case, accents, width and separators: `Cust-Name` and `custName` are `custname`. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

const fieldOfName = new Map<string, number>()
for (const [index, names] of fields.entries())
  for (const name of names.split('|')) fieldOfName.set(plainName(name), index)

/** Every name of the dictionary, for its test. */
export const dictionaryNames: readonly string[] = fields.flatMap((names) => names.split('|').map(plainName))

/** Names that a field may stand behind without becoming another one: `cust_mobile`, `客户手机`. */
const prefixes = [
  'customer',
  'cust',
  'client',
  'contact',
  '客户',
  'kehu',
  'user',
  '用户',
  'crm',
  'erp',
  'hr',
  'col',
  'fld',
]

export interface NamedField {
  readonly field: number
  /** The name is the field's own; else it has a word before it. */
  readonly exact: boolean
}

/** Which field of the dictionary a column's name stands for. */
export function namedField(name: string): NamedField | undefined {
  const plain = plainName(name)
  const own = fieldOfName.get(plain)
  if (own !== undefined) return { field: own, exact: true }
  for (const prefix of prefixes) {
    if (!plain.startsWith(prefix)) continue
    const rest = fieldOfName.get(plain.slice(prefix.length))
    if (rest !== undefined) return { field: rest, exact: false }
  }
  return undefined
}

/** Values that tell what they are, by the field they belong to. */
const contents: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['email', /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i],
  ['phone', /^(\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$|^0\d{2,3}-\d{7,8}$/],
  ['id card', /^\d{17}[\dXx]$/],
  ['gender', /^(男|女|male|female)$/i],
  ['province', /^(北京|上海|天津|重庆|广东|江苏|浙江|山东|四川|湖北|湖南|河南|河北|福建|安徽)[省市]?$/],
]

/** Which field the values of a column belong to, where four of five of at least three say so. */
export function fieldOfValues(values: readonly (string | null)[]): number | undefined {
  const present = values.flatMap((value) => (value === null || value.trim() === '' ? [] : [value.trim()]))
  if (present.length < 3) return undefined
  const found = contents.find(
    ([, pattern]) => present.filter((value) => pattern.test(value)).length >= present.length * 0.8,
  )
  return found && fieldOfName.get(plainName(found[0]))
}
