/** What the app was started with. What a service takes means the same as for `depin serve`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultDataDir } from '../contract/default-data-dir.ts'
import { ServeOptions } from '../contract/nouns/serve.ts'
import { joinLinkOf } from './links/deep-link.ts'
import { hiddenFlag } from './login/command.ts'

export interface Arguments {
  /** No window: only the tray. */
  hidden: boolean
  /** A link that was opened. */
  join: string | null
  serve: ServeOptions
}

export interface ArgumentsWorld {
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  home: string
  cwd: string
  platform: string
}

/** Switches of Chromium and of the system stand among ours, and are left alone. */
export function readArguments({ args, env, home, cwd, platform }: ArgumentsWorld): Arguments {
  const { values } = parseArgs({
    args: [...args], strict: false, allowPositionals: true,
    options: {
      'hidden': { type: 'boolean' }, 'share': { type: 'boolean' }, 'no-mdns': { type: 'boolean' }, 'new-identity': { type: 'boolean' },
      'data-dir': { type: 'string' }, 'engine': { type: 'string' }, 'http': { type: 'string' }, 'log': { type: 'string' },
      'listen': { type: 'string', multiple: true }, 'bootstrap': { type: 'string', multiple: true },
    },
  })
  const dataDir = text(values['data-dir']) ?? (env['DEPIN_DATA_DIR'] === '' ? undefined : env['DEPIN_DATA_DIR'])
  return {
    hidden: values.hidden === true,
    join: joinLinkOf(args),
    serve: ServeOptions.parse({
      dataDir: dataDir === undefined ? defaultDataDir({ env, home, platform }) : resolve(cwd, dataDir),
      http: address(text(values.http)),
      listen: texts(values.listen),
      bootstrap: texts(values.bootstrap),
      mdns: values['no-mdns'] !== true,
      engine: text(values.engine) ?? 'auto',
      share: values.share === true,
      logLevel: text(values.log) ?? 'warn',
      newIdentity: values['new-identity'] === true,
    }),
  }
}

/** What is done once, and no start that follows by itself does again. */
const onceOnly: readonly string[] = [hiddenFlag, '--new-identity']

/** What a start that follows by itself is given. */
export function argumentsOfAgain(args: readonly string[]): string[] {
  return args.filter((each) => !onceOnly.includes(each) && joinLinkOf([each]) === null)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** `127.0.0.1:4848`; the service refuses what is not this machine. */
function address(given: string | undefined): { host: string, port: number } | null {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(given ?? '') ?? []
  return host === '' ? null : { host, port: Number(port) }
}
