import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Clock } from '../../base/index.ts'
import type { Inventory } from '../inventory.ts'
import type { SignalReader, SystemReading } from '../types.ts'
import { readMacLastInputMs, readMacPower, readWindowsPower } from './elsewhere.ts'
import { readLastInputMs, readMetered, readPower, readTemperatureC, type RunProgram, type SystemFiles } from './linux.ts'
import { type CpuReading, otherCpuPercent } from './others.ts'

/** Files cost nothing and are read at every look; programs are run this seldom, ms, so that looking stays below 0.2 % of a core. */
const inputEveryMs = 10_000
const meteredEveryMs = 60_000
const powerShellEveryMs = 60_000
const programDeadlineMs = 3_000

export interface SystemSignalsDeps {
  clock: Clock
  inventory: Inventory
  platform?: NodeJS.Platform
  files?: SystemFiles
  run?: RunProgram
  /** µs of processor that this program has used. */
  selfCpuUs?: () => number
}

/** What this operating system can tell of how the machine is used. */
export function createSystemSignals(deps: SystemSignalsDeps): SignalReader {
  const { clock, inventory, platform = process.platform, files = systemFiles, run = runProgram, selfCpuUs = ownCpuUs } = deps
  const seldom = <Value>(everyMs: number, read: () => Promise<Value>) => atMostEvery(clock, everyMs, read)
  const readers = readersFor(platform, files, run, clock, seldom)
  let before: CpuReading | null = null

  function others(guestCpuUs: number | null): number | null {
    const from = before
    before = guestCpuUs === null ? null : { ...inventory.cpuTimesMs(), guestsUs: guestCpuUs, selfUs: selfCpuUs() }
    return from === null || before === null ? null : otherCpuPercent(from, before)
  }

  return {
    async read(guestCpuUs) {
      const [lastInputMs, power, metered, temperatureC] = await Promise.all([readers.lastInputMs(), readers.power(), readers.metered(), readers.temperatureC()])
      return { lastInputMs, power, metered, temperatureC, otherCpuPercent: others(guestCpuUs) }
    },
  }
}

type Readers = { [Name in Exclude<keyof SystemReading, 'otherCpuPercent'>]: () => Promise<SystemReading[Name]> }
type Seldom = <Value>(everyMs: number, read: () => Promise<Value>) => () => Promise<Value>

function readersFor(platform: NodeJS.Platform, files: SystemFiles, run: RunProgram, clock: Clock, seldom: Seldom): Readers {
  const unknown = (): Promise<null> => Promise.resolve(null)
  switch (platform) {
    case 'linux': return {
      lastInputMs: seldom(inputEveryMs, () => readLastInputMs(files, run, clock.nowMs())),
      power: () => readPower(files),
      metered: seldom(meteredEveryMs, () => readMetered(run)),
      temperatureC: () => readTemperatureC(files),
    }
    case 'darwin': return {
      lastInputMs: seldom(inputEveryMs, () => readMacLastInputMs(run, clock.nowMs())),
      power: seldom(inputEveryMs, () => readMacPower(run)),
      metered: unknown, temperatureC: unknown,
    }
    case 'win32': return { lastInputMs: unknown, power: seldom(powerShellEveryMs, () => readWindowsPower(run)), metered: unknown, temperatureC: unknown }
    default: return { lastInputMs: unknown, power: unknown, metered: unknown, temperatureC: unknown }
  }
}

function atMostEvery<Value>(clock: Clock, everyMs: number, read: () => Promise<Value>): () => Promise<Value> {
  let last: { atMs: number, value: Promise<Value> } | null = null
  return () => {
    const nowMs = clock.monotonicMs()
    if (last === null || nowMs - last.atMs >= everyMs) last = { atMs: nowMs, value: read() }
    return last.value
  }
}

const systemFiles: SystemFiles = {
  read: (path) => readFile(path, 'utf8'),
  list: (path) => readdir(path),
  lastUsedMs: async (path) => (await stat(path)).atimeMs,
}

async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], {
    timeout: programDeadlineMs, windowsHide: true, maxBuffer: 1024 * 1024, env: { ...process.env, LC_ALL: 'C' },
  })
  return stdout
}

function ownCpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
