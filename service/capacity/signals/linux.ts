/**
 * Linux, read from its files: no program is started but for what no file tells. What is not there is not known.
 */
import type { SystemReading } from '../types.ts'

/** What is read, injected: recorded trees of files in tests. Everything fails when it is not there. */
export interface SystemFiles {
  read(path: string): Promise<string>
  list(path: string): Promise<string[]>
  /** When a terminal was last read or written, wall ms. */
  lastUsedMs(path: string): Promise<number>
}

/** Runs a program to its end and gives what it printed. Fails when there is none, or when it takes too long. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>

const supplies = '/sys/class/power_supply'
const zones = '/sys/class/thermal'
/** Where logind keeps a file for each session. */
const sessionFiles = '/run/systemd/sessions'

/** On battery when no supply from outside is online and some battery empties. */
export async function readPower(files: SystemFiles): Promise<SystemReading['power']> {
  const names = await orNull(files.list(supplies))
  if (names === null) return null
  const found = await Promise.all(names.map(async (name) => {
    const value = async (file: string): Promise<string | null> => (await orNull(files.read(`${supplies}/${name}/${file}`)))?.trim() ?? null
    const [type, scope, online, status, capacity] = await Promise.all(['type', 'scope', 'online', 'status', 'capacity'].map(value))
    // a mouse has a battery too, and is not the computer
    return scope === 'Device' ? null : { type, online: online === '1', isEmptying: status === 'Discharging', capacity }
  }))
  const batteries = found.filter((supply) => supply?.type === 'Battery').filter((supply) => supply !== null)
  if (batteries.length === 0) return null
  const isPlugged = found.some((supply) => supply !== null && supply.type !== 'Battery' && supply.online)
  const percents = batteries.flatMap(({ capacity }) => capacity != null && /^\d{1,3}$/.test(capacity) ? [Math.min(100, Number(capacity))] : [])
  return { onBattery: !isPlugged && batteries.some((battery) => battery.isEmptying), percent: percents.length === 0 ? null : Math.min(...percents) }
}

/** Zones that are the processor's, by what kernels call them. */
const processorZone = /^(x86_pkg_temp|cpu[-_ ]?thermal|cpu[-_]?\d*.*|soc[-_ ]?thermal|coretemp|k10temp|tcpu.*)$/i

/** The hottest of the processor's zones, °C. */
export async function readTemperatureC(files: SystemFiles): Promise<number | null> {
  const names = (await orNull(files.list(zones)) ?? []).filter((name) => name.startsWith('thermal_zone'))
  const temperatures = await Promise.all(names.map(async (name) => {
    const type = (await orNull(files.read(`${zones}/${name}/type`)))?.trim()
    if (type === undefined || !processorZone.test(type)) return null
    const milli = Number.parseInt(await orNull(files.read(`${zones}/${name}/temp`)) ?? '', 10)
    // kernels tell thousandths; what no processor survives is a broken sensor
    return milli > 0 && milli < 150_000 ? milli / 1000 : null
  }))
  const known = temperatures.filter((celsius) => celsius !== null)
  return known.length === 0 ? null : Math.max(...known)
}

/**
 * When somebody last sat at this machine: sessions that have a seat, by their idle hint. Whoever comes in from elsewhere to
 * look after a server does not sit at it. Null without sessions of that kind.
 */
export async function readLastInputMs(files: SystemFiles, run: RunProgram, nowMs: number): Promise<number | null> {
  // a server that nobody is logged in to starts no program, every few seconds, to learn it
  const hasSessions = (await orNull(files.list(sessionFiles)) ?? []).length > 0
  const listed = hasSessions ? await orNull(run('loginctl', ['list-sessions', '--no-legend', '--no-pager'])) : null
  const ids = (listed ?? '').split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '').filter((id) => /^\w+$/.test(id))
  const shown = ids.length === 0 ? null : await orNull(run('loginctl', ['show-session', ...ids, '-p', 'Seat', '-p', 'Type', '-p', 'TTY', '-p', 'Remote', '-p', 'IdleHint', '-p', 'IdleSinceHint']))
  const times = await Promise.all((shown ?? '').split('\n\n').map((text) => sessionInputMs(parseProperties(text), files, nowMs)))
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.max(...known)
}

async function sessionInputMs(session: ReadonlyMap<string, string>, files: SystemFiles, nowMs: number): Promise<number | null> {
  if ((session.get('Seat') ?? '') === '' || session.get('Remote') === 'yes') return null
  switch (session.get('Type')) {
    case 'tty': {
      const tty = session.get('TTY') ?? ''
      return /^tty\d+$/.test(tty) ? await orNull(files.lastUsedMs(`/dev/${tty}`)) : null
    }
    case 'x11':
    case 'wayland': {
      if (session.get('IdleHint') === 'no') return nowMs
      const sinceUs = Number(session.get('IdleSinceHint'))
      return sinceUs > 0 ? Math.round(sinceUs / 1000) : null
    }
    default: return null
  }
}

function parseProperties(text: string): Map<string, string> {
  return new Map(text.split('\n').map((line): [string, string] => {
    const at = line.indexOf('=')
    return [line.slice(0, at), line.slice(at + 1)]
  }))
}

/** NetworkManager's word on the network in use; “unknown” and “no” by guess are not taken for metered. */
export async function readMetered(run: RunProgram): Promise<boolean | null> {
  const text = await orNull(run('nmcli', ['-t', '-f', 'GENERAL.STATE,GENERAL.METERED', 'device', 'show']))
  if (text === null) return null
  const connected = text.split('\n\n').filter((device) => /^GENERAL\.STATE:100\b/m.test(device))
  const words = connected.flatMap((device) => /^GENERAL\.METERED:(\w+)/m.exec(device)?.[1] ?? [])
  const told = words.filter((word) => word !== 'unknown')
  return told.length === 0 ? null : told.includes('yes')
}

export async function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  return work.catch(() => null)
}
