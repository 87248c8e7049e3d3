import { DepinError } from '../../../../contract/errors.ts'
import { parseDurationMs } from '../../../../contract/units.ts'
import type { AppService, RestartPolicy } from '../../../../contract/wire/v1/app.ts'
import { defaults } from '../limits.ts'
import { quote } from '../notes.ts'
import { dig, type Field, get, isTrue, textOf } from '../tree.ts'
import { parsed, pathInApp, type ServiceContext, wholeNumber } from './context.ts'

type Lifecycle = Pick<AppService, 'restart' | 'stopSignal' | 'stopGraceMs' | 'init' | 'tty' | 'stdinOpen' | 'user' | 'workingDir' | 'platform'>

const longestGraceMs = 600_000

/** How the program is started, kept up and ended. */
export function readLifecycle(context: ServiceContext): Lifecycle {
  const { service } = context
  const workingDir = get(service, 'working_dir')
  const graceMs = parsed(context, get(service, 'stop_grace_period'), (text) => text.trim() === '0' ? 0 : parseDurationMs(text))
  return {
    restart: readRestart(context),
    stopSignal: parsed(context, get(service, 'stop_signal'), parseSignal) ?? null,
    stopGraceMs: Math.min(graceMs ?? defaults.stopGraceMs, longestGraceMs),
    // without it, a program that does not listen for signals is stopped only by force, seconds later
    init: get(service, 'init') === undefined || isTrue(get(service, 'init')?.node),
    tty: isTrue(get(service, 'tty')?.node),
    stdinOpen: isTrue(get(service, 'stdin_open')?.node),
    user: parsed(context, get(service, 'user'), parseUser) ?? null,
    workingDir: filled(workingDir) ? pathInApp(context, workingDir, textOf(workingDir) ?? '') ?? null : null,
    platform: parsed(context, get(service, 'platform'), parsePlatform) ?? null,
  }
}

/** `deploy.restart_policy`, else `restart`. Where a file says neither, compose lets a program that failed lie; its renter would not. */
function readRestart(context: ServiceContext): RestartPolicy {
  const policy = dig(context.service, 'deploy', 'restart_policy')
  if (policy !== undefined) {
    const maxAttempts = wholeNumber(context, get(policy, 'max_attempts'), 0, 1000) ?? null
    const condition = get(policy, 'condition')
    return { mode: parsed(context, condition, parseCondition) ?? 'always', maxAttempts }
  }
  return parsed(context, get(context.service, 'restart'), parseRestart) ?? defaults.restart
}

type Mode = RestartPolicy['mode']

const restarts = new Map<string, Mode>([['no', 'no'], ['false', 'no'], ['', 'no'], ['always', 'always'], ['unless-stopped', 'always'], ['on-failure', 'on-failure']])
/** Compose takes the words of `restart` here, too. */
const conditions = new Map<string, Mode>([...restarts, ['none', 'no'], ['any', 'always'], ['', 'always']])

function parseCondition(text: string): Mode {
  const mode = conditions.get(text.trim())
  if (mode === undefined) throw wrong(text, 'none, on-failure or any')
  return mode
}

function parseRestart(text: string): RestartPolicy {
  const [word = '', attempts] = text.trim().split(':')
  const mode = restarts.get(word)
  if (mode === undefined || !/^\d{0,4}$/.test(attempts ?? '')) throw wrong(text, 'no, always, on-failure, on-failure:5 or unless-stopped')
  const limited = mode === 'on-failure' && attempts !== undefined && attempts !== ''
  return { mode, maxAttempts: limited ? Math.min(Number(attempts), 1000) : null }
}

function parseSignal(text: string): string | null {
  const signal = text.trim().toUpperCase()
  if (signal === '') return null
  if (/^\d{1,2}$/.test(signal)) return signal
  const named = signal.startsWith('SIG') ? signal : `SIG${signal}`
  if (!/^SIG[A-Z0-9+-]{1,12}$/.test(named)) throw wrong(text, 'SIGTERM, SIGINT or SIGQUIT')
  return named
}

function parseUser(text: string): string | null {
  if (text.trim() === '' || text.trim() === ':') return null
  const user = text.trim().replace(/:$/, '')
  if (!/^\w[\w.-]{0,63}(:\w[\w.-]{0,63})?$/.test(user)) throw wrong(text, 'a user such as 1000, 1000:1000 or www-data')
  return user
}

function parsePlatform(text: string): string | null {
  if (text.trim() === '') return null
  if (!/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9]+)?$/i.test(text)) throw wrong(text, 'linux/amd64 or linux/arm64')
  return text.toLowerCase()
}

function filled(field: Field | undefined): field is Field {
  return (textOf(field) ?? '') !== ''
}

function wrong(text: string, choices: string): DepinError {
  return new DepinError('E_BAD_INPUT', `${quote(text)} does not fit here.`, { next: `Write ${choices}.` })
}
