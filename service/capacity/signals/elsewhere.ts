/** macOS and Windows, by what they say of themselves on the command line. */
import * as z from 'zod'
import type { SystemReading } from '../types.ts'
import { orNull, type RunProgram } from './linux.ts'

/** `Now drawing from 'Battery Power'` and `-InternalBattery-0 (id=…)	72%; discharging; …`. */
export async function readMacPower(run: RunProgram): Promise<SystemReading['power']> {
  const text = await orNull(run('pmset', ['-g', 'batt']))
  const source = /drawing from '([^']+)'/.exec(text ?? '')?.[1]
  if (text === null || source === undefined || !text.includes('InternalBattery')) return null
  const percent = /\t(\d{1,3})%/.exec(text)?.[1]
  return { onBattery: source === 'Battery Power', percent: percent === undefined ? null : Math.min(100, Number(percent)) }
}

/** The input system counts nanoseconds since the last input. */
export async function readMacLastInputMs(run: RunProgram, nowMs: number): Promise<number | null> {
  const text = await orNull(run('ioreg', ['-c', 'IOHIDSystem', '-d', '4', '-r', '-k', 'HIDIdleTime']))
  const idleNs = /"HIDIdleTime" = (\d+)/.exec(text ?? '')?.[1]
  return idleNs === undefined ? null : nowMs - Math.round(Number(idleNs) / 1e6)
}

/** `BatteryStatus` 1: it empties. Windows answers with one battery or a list of them. */
const Battery = z.object({ BatteryStatus: z.int(), EstimatedChargeRemaining: z.int().nullish() })

export async function readWindowsPower(run: RunProgram): Promise<SystemReading['power']> {
  const script = 'Get-CimInstance Win32_Battery | Select-Object BatteryStatus,EstimatedChargeRemaining | ConvertTo-Json -Compress'
  const text = await orNull(run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]))
  const batteries = z.union([z.array(Battery), Battery.transform((battery) => [battery])]).safeParse(parseJson(text)).data
  if (batteries === undefined || batteries.length === 0) return null
  const percents = batteries.flatMap((battery) => battery.EstimatedChargeRemaining ?? [])
  return { onBattery: batteries.some((battery) => battery.BatteryStatus === 1), percent: percents.length === 0 ? null : Math.min(100, ...percents) }
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
