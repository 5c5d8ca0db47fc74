import { z } from 'zod'
import { connectionSteps, defineConnection, field } from '../../spec/index.ts'

const serverSettings = (port: number) =>
  z.strictObject({
    host: field(z.string().trim().min(1), {
      widget: 'text',
      placeholder: 'db.example.com',
      label: { en: 'Host', zh: '主机' },
    }),
    port: field(z.number().int().min(1).max(65_535).default(port), {
      widget: 'number',
      min: 1,
      max: 65_535,
      label: { en: 'Port', zh: '端口' },
    }),
    database: field(z.string().min(1), { widget: 'text', label: { en: 'Database', zh: '数据库' } }),
    user: field(z.string().min(1), { widget: 'text', label: { en: 'User', zh: '用户' } }),
    password: field(z.string().default(''), { widget: 'secret', label: { en: 'Password', zh: '密码' } }),
    tls: field(z.enum(['off', 'prefer', 'require', 'authority', 'verify']).default('prefer'), {
      widget: 'select',
      options: [
        { value: 'verify', label: { en: 'Required, certificate checked', zh: '必须加密，并校验证书' } },
        {
          value: 'authority',
          label: {
            en: 'Required, certificate checked except its host name',
            zh: '必须加密，校验证书但不核对主机名',
          },
        },
        { value: 'require', label: { en: 'Required', zh: '必须加密' } },
        { value: 'prefer', label: { en: 'Where the server offers it', zh: '服务器支持时加密' } },
        { value: 'off', label: { en: 'None', zh: '不加密' } },
      ],
      label: { en: 'Encryption (TLS)', zh: '加密（TLS）' },
      help: {
        en: 'Only a checked certificate proves that it is the right server; without its host name, only where the authority is your own.',
        zh: '只有校验证书才能确认连接到的是正确的服务器；若不核对主机名，则仅在使用自有颁发机构时有效。',
      },
    }),
    certificateAuthority: field(z.string().default(''), {
      widget: 'textarea',
      label: { en: 'Certificate authority (PEM)', zh: '证书颁发机构（PEM）' },
      help: {
        en: 'Of a server with a certificate of its own. Empty: the well-known ones.',
        zh: '适用于自签名证书的服务器。留空则使用公认的颁发机构。',
      },
      when: { field: 'tls', is: ['verify', 'authority'] },
    }),
    connectTimeout: field(z.number().int().min(1).max(300).default(10), {
      widget: 'number',
      min: 1,
      max: 300,
      label: { en: 'Give up connecting after, seconds', zh: '连接超时（秒）' },
      advanced: true,
    }),
  })

export type ServerSettings = z.infer<ReturnType<typeof serverSettings>>

/** What is checked of the certificate of a server. `authority`: PEM, or undefined for the well-known ones. */
export function certificateChecks({ tls, certificateAuthority }: ServerSettings) {
  const isChecked = tls === 'verify' || tls === 'authority'
  const authority = certificateAuthority.trim()
  return {
    isChecked,
    isNameChecked: tls === 'verify',
    authority: isChecked && authority !== '' ? authority : undefined,
  }
}

/** A connection to a database server over the network; `port`: where such servers listen by default. */
export const serverConnection = (port: number) =>
  defineConnection({
    settings: serverSettings(port),
    steps: connectionSteps.filter((step) => step !== 'file'),
    boundTo: ['host', 'port', 'tls', 'certificateAuthority'],
    describe: ({ database, host, port: at }) => ({
      en: `${database} at ${host}:${at}`,
      zh: `${host}:${at} 上的 ${database}`,
    }),
  })
