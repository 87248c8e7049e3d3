/** What people write in flags, as values. Each throws `InvalidArgumentError`; commander adds which flag it was. */
import { isAbsolute, resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { DepinError } from '../contract/errors.ts'
import { Label, Name, PeerId, Region } from '../contract/ids.ts'
import type { Prices } from '../contract/units.ts'
import { parseAmountMicro, parseCpuMilli, parseDurationMs, parsePriceMonthMicro, parseSizeMiB } from '../contract/units.ts'

export const cpuMilli = reading(parseCpuMilli)
export const sizeMiB = reading(parseSizeMiB)
export const durationMs = reading(parseDurationMs)
export const priceMonthMicro = reading(parsePriceMonthMicro)

export const name = matching(Name)
export const peerId = matching(PeerId)
export const region = matching(Region)
export const label = matching(Label)

/** For flags that may come several times. */
export function repeated<Value>(parse: (text: string) => Value): (text: string, before: readonly Value[] | undefined) => Value[] {
  return (text, before = []) => [...before, parse(text)]
}

export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

/** `90s`, `24h`, `7d`, within bounds. @param words the bounds as people write them. */
export function durationBetween(leastMs: number, mostMs: number, words: string): (text: string) => number {
  return (text) => {
    const ms = durationMs(text)
    if (ms >= leastMs && ms <= mostMs) return ms
    throw new InvalidArgumentError(`It must be ${words}.`)
  }
}

/** A whole number of GiB, or `unlimited`. */
export function gibOrUnlimited(text: string): number | null {
  return text === 'unlimited' ? null : integer(1, 1_000_000)(text)
}

/** `127.0.0.1:4848`, `[::1]:0`, `localhost:80`. Whether the host may be used is for the service to say. */
export function hostAndPort(text: string): { host: string, port: number } {
  const [, host = '', digits = ''] = /^(\[[\da-f:.]+\]|[^:[\]\s/]+):(\d{1,5})$/i.exec(text) ?? []
  const port = digits === '' ? Number.NaN : Number(digits)
  if (port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port }
  throw new InvalidArgumentError('Write it like 127.0.0.1:4848 or [::1]:4848; port 0 takes any free one.')
}

/** Only its shape: which transports there are is for the service to say. */
export function multiaddr(text: string): string {
  if (/^(\/[^/\s]+)+$/.test(text)) return text
  throw new InvalidArgumentError('Write it like /ip4/0.0.0.0/tcp/4001.')
}

/** `auto`, `docker`, `none`, or a socket's path, which may be written as DOCKER_HOST is. */
export function engine(text: string): string {
  if (['auto', 'docker', 'none'].includes(text)) return text
  const path = text.replace(/^(unix|npipe):\/\//, '')
  if (/[/\\]/.test(path) && !/^[a-z]+:\/\//.test(path)) return isAbsolute(path) ? path : resolve(path)
  throw new InvalidArgumentError('It is auto, docker, none, or the path of an engine’s socket.')
}

/** `web:80`. */
export function serviceAndPort(text: string): { service: string, port: number } {
  const [, service = '', digits = '0'] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (Name.safeParse(service).success && port >= 1 && port <= 65_535) return { service, port }
  throw new InvalidArgumentError('Write it as SERVICE:PORT, like web:80.')
}

const priceKeys = new Map<string, { key: keyof Prices, parse: (text: string) => bigint }>([
  ['cpu', { key: 'cpuCoreMonthMicro', parse: parsePriceMonthMicro }],
  ['memory', { key: 'memoryGiBMonthMicro', parse: parsePriceMonthMicro }],
  ['disk', { key: 'diskGiBMonthMicro', parse: parsePriceMonthMicro }],
  ['egress', { key: 'egressGiBMicro', parse: parseAmountMicro }],
])

/** `cpu=2.5,memory=1,disk=0.03,egress=0.005`: a month per core and per GiB, and per GiB sent. Any of the four. */
export function prices(text: string, before: Partial<Prices> = {}): Partial<Prices> {
  const result = { ...before }
  for (const part of text.split(',')) {
    const [what = '', amount = ''] = part.split('=').map((piece) => piece.trim())
    const price = priceKeys.get(what)
    if (price === undefined || amount === '') throw new InvalidArgumentError(`“${part}” is not a price. Write it like cpu=2.5,memory=1,disk=0.03,egress=0.005; any of the four.`)
    result[price.key] = reading(price.parse)(amount)
  }
  return result
}

function reading<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text)
    } catch (error) {
      if (error instanceof DepinError) throw new InvalidArgumentError([error.message, error.next].join(' '))
      throw error
    }
  }
}

interface Schema { safeParse(text: string): { success: boolean, error?: { issues: { message: string }[] } } }

function matching(schema: Schema): (text: string) => string {
  return (text) => {
    const result = schema.safeParse(text)
    if (result.success) return text
    const message = result.error?.issues[0]?.message ?? 'it does not fit'
    throw new InvalidArgumentError(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`)
  }
}
