import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/clock.ts'
import { roomyMachine } from '../../testing/machine.ts'
import { SignalBoard } from './board.ts'
import { readMacLastInputMs, readMacPower, readWindowsPower } from './elsewhere.ts'
import { readLastInputMs, readMetered, readPower, readTemperatureC, type RunProgram, type SystemFiles } from './linux.ts'
import { otherCpuPercent } from './others.ts'
import { createSystemSignals } from './system.ts'

const nowMs = 1_782_140_400_000
const missing = () => Promise.reject(new Error('ENOENT'))

/** A recorded tree of files. */
function filesOf(tree: Readonly<Record<string, string>>): SystemFiles {
  return {
    read: (path) => tree[path] === undefined ? missing() : Promise.resolve(`${tree[path]}\n`),
    list(folder) {
      const names = Object.keys(tree).filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')
      return names.length === 0 ? missing() : Promise.resolve([...new Set(names)])
    },
    lastUsedMs: (path) => path === '/dev/tty2' ? Promise.resolve(nowMs - 5000) : missing(),
  }
}
/** What programs printed, by the beginning of their command line. */
function printing(outputs: Readonly<Record<string, string>>): RunProgram & { ran: string[] } {
  const ran: string[] = []
  return Object.assign((program: string, args: readonly string[]) => {
    const line = [program, ...args].join(' ')
    ran.push(line)
    const found = Object.entries(outputs).find(([begin]) => line.startsWith(begin))
    return found === undefined ? missing() : Promise.resolve(found[1])
  }, { ran })
}
const supply = (name: string, values: Record<string, string>) => Object.fromEntries(Object.entries(values).map(([file, value]) => [`/sys/class/power_supply/${name}/${file}`, value]))
const zone = (at: number, type: string, temp: string) => ({ [`/sys/class/thermal/thermal_zone${at}/type`]: type, [`/sys/class/thermal/thermal_zone${at}/temp`]: temp })

describe('power on Linux', () => {
  const battery = (status: string, capacity = '72') => supply('BAT0', { type: 'Battery', status, capacity })
  const mains = (online: string) => supply('AC', { type: 'Mains', online })
  it.each<[string, Record<string, string>, object | null]>([
    ['a laptop that was unplugged', { ...battery('Discharging'), ...mains('0') }, { onBattery: true, percent: 72 }],
    ['a laptop that is plugged in', { ...battery('Charging'), ...mains('1') }, { onBattery: false, percent: 72 }],
    ['plugged in and full', { ...battery('Full', '100'), ...mains('1') }, { onBattery: false, percent: 100 }],
    ['charged through USB', { ...battery('Charging'), ...supply('ucsi', { type: 'USB', online: '1' }) }, { onBattery: false, percent: 72 }],
    ['a strong machine on a weak charger still has its plug', { ...battery('Discharging'), ...mains('1') }, { onBattery: false, percent: 72 }],
    ['a desktop with a wireless mouse', { ...supply('hidpp', { type: 'Battery', scope: 'Device', status: 'Discharging', capacity: '40' }), ...mains('1') }, null],
    ['a desktop', mains('1'), null],
    ['a server without any of it', {}, null],
  ])('%s', async (_, tree, expected) => {
    expect(await readPower(filesOf(tree))).toEqual(expected)
  })
})

describe('temperature on Linux', () => {
  it.each<[string, Record<string, string>, number | null]>([
    ['the hottest of the processor’s zones', { ...zone(0, 'acpitz', '99000'), ...zone(1, 'x86_pkg_temp', '61000'), ...zone(2, 'cpu-thermal', '64500') }, 64.5],
    ['only zones that are something else', { ...zone(0, 'iwlwifi_1', '70000') }, null],
    ['a sensor that is broken', { ...zone(0, 'x86_pkg_temp', '-274000') }, null],
    ['none', {}, null],
  ])('%s', async (_, tree, expected) => {
    expect(await readTemperatureC(filesOf(tree))).toBe(expected)
  })
})

describe('who sits at a Linux machine', () => {
  const session = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => `${name}=${value}`).join('\n')
  const desktop = { Seat: 'seat0', Type: 'wayland', TTY: '', Remote: 'no', IdleHint: 'no', IdleSinceHint: '0' }
  const read = (...sessions: Record<string, string>[]) => readLastInputMs(filesOf({ '/run/systemd/sessions/2': '' }), printing({
    'loginctl list-sessions': sessions.map((_, at) => `  ${at + 2} 1000 amina seat0 tty2`).join('\n'), 'loginctl show-session': `${sessions.map(session).join('\n\n')}\n`,
  }), nowMs)
  it.each<[string, Record<string, string>[], number | null]>([
    ['somebody at the desktop', [desktop], nowMs],
    ['nobody for a while', [{ ...desktop, IdleHint: 'yes', IdleSinceHint: '1782140000000000' }], 1_782_140_000_000],
    ['somebody at the console', [{ ...desktop, Type: 'tty', TTY: 'tty2', IdleHint: 'no' }], nowMs - 5000],
    ['somebody who came in from elsewhere', [{ ...desktop, Seat: '', Type: 'tty', TTY: 'pts/0', Remote: 'yes' }], null],
    ['the later of two', [{ ...desktop, IdleHint: 'yes', IdleSinceHint: '1782140000000000' }, { ...desktop, Type: 'tty', TTY: 'tty2' }], nowMs - 5000],
  ])('%s', async (_, sessions, expected) => {
    expect(await read(...sessions)).toBe(expected)
  })

  it('cannot be known without sessions, and no program is started for it', async () => {
    const run = printing({})
    expect(await readLastInputMs(filesOf({}), run, nowMs)).toBeNull()
    expect(run.ran).toEqual([])
  })
})

describe('metered networks', () => {
  const device = (state: string, metered: string) => `GENERAL.STATE:${state}\nGENERAL.METERED:${metered}\n`
  it.each<[string, string, boolean | null]>([
    ['mobile data', `${device('100 (connected)', 'yes')}\n${device('10 (unmanaged)', 'unknown')}`, true],
    ['a phone’s hotspot, as it is guessed from what it sends', device('100 (connected)', 'yes (guessed)'), true],
    ['a cable', device('100 (connected)', 'no (guessed)'), false],
    ['one that is not connected', device('30 (disconnected)', 'yes'), null],
    ['nobody knows', device('100 (connected (externally))', 'unknown'), null],
  ])('%s', async (_, text, expected) => {
    expect(await readMetered(printing({ nmcli: text }))).toBe(expected)
  })

  it('cannot be known without NetworkManager', async () => {
    expect(await readMetered(printing({}))).toBeNull()
  })
})

describe('macOS and Windows', () => {
  it('tell of their power', async () => {
    const mac = (source: string) => printing({ pmset: `Now drawing from '${source}'\n -InternalBattery-0 (id=4653155)\t72%; discharging; 3:10 remaining present: true\n` })
    expect([await readMacPower(mac('Battery Power')), await readMacPower(mac('AC Power'))]).toEqual([{ onBattery: true, percent: 72 }, { onBattery: false, percent: 72 }])
    expect(await readMacPower(printing({ pmset: 'Now drawing from \'AC Power\'\n' }))).toBeNull()
    expect(await readWindowsPower(printing({ powershell: '{"BatteryStatus":1,"EstimatedChargeRemaining":55}\r\n' }))).toEqual({ onBattery: true, percent: 55 })
    expect(await readWindowsPower(printing({ powershell: '[{"BatteryStatus":2,"EstimatedChargeRemaining":90},{"BatteryStatus":2,"EstimatedChargeRemaining":80}]' }))).toEqual({ onBattery: false, percent: 80 })
    expect([await readWindowsPower(printing({ powershell: '' })), await readWindowsPower(printing({}))]).toEqual([null, null])
  })

  it('macOS tells when it was last touched', async () => {
    expect(await readMacLastInputMs(printing({ ioreg: '    | |   "HIDIdleTime" = 4200000000\n' }), nowMs)).toBe(nowMs - 4200)
  })
})

describe('what others use', () => {
  const before = { busyMs: 1000, totalMs: 10_000, guestsUs: 500_000, selfUs: 100_000 }
  it('is what is left without guests and this program', () => {
    expect(otherCpuPercent(before, { busyMs: 2000, totalMs: 12_000, guestsUs: 900_000, selfUs: 200_000 })).toBe(25)
    expect(otherCpuPercent(before, { busyMs: 1100, totalMs: 12_000, guestsUs: 900_000, selfUs: 200_000 })).toBe(0)
    expect(otherCpuPercent(before, { ...before, busyMs: 2000, totalMs: 12_000, guestsUs: 0 })).toBe(50)
    expect(otherCpuPercent(before, before)).toBeNull()
  })
})

describe('the system', () => {
  it('starts programs seldom, however often it is asked', async () => {
    const clock = new FakeClock()
    const run = printing({ 'nmcli': 'GENERAL.STATE:100 (connected)\nGENERAL.METERED:no\n' })
    const files = filesOf({ ...supply('BAT0', { type: 'Battery', status: 'Discharging', capacity: '9' }), '/run/systemd/sessions/2': '' })
    const signals = createSystemSignals({ clock, inventory: roomyMachine, platform: 'linux', files, run })
    for (let seconds = 0; seconds < 60; seconds += 5) {
      expect(await signals.read(null)).toEqual({ lastInputMs: null, power: { onBattery: true, percent: 9 }, metered: false, temperatureC: null, otherCpuPercent: null })
      clock.advance(5000)
    }
    expect(run.ran.filter((line) => line.startsWith('nmcli'))).toHaveLength(1)
    expect(run.ran.filter((line) => line.startsWith('loginctl'))).toHaveLength(6)
  })

  it('of which nothing is known tells nothing', async () => {
    const nothing = { lastInputMs: null, power: null, metered: null, temperatureC: null, otherCpuPercent: null }
    expect(await createSystemSignals({ clock: new FakeClock(), inventory: roomyMachine, platform: 'aix', files: filesOf({}), run: printing({}) }).read(1)).toEqual(nothing)
  })
})

describe('the board', () => {
  const unknown = { lastInputMs: null, power: null, metered: null, temperatureC: null, otherCpuPercent: null }

  it('takes the desktop’s word while it is fresh, and the system’s otherwise', () => {
    const board = new SignalBoard()
    board.setSystem({ ...unknown, power: { onBattery: false, percent: 50 }, temperatureC: 40 }, nowMs)
    board.push({ power: { onBattery: true, percent: 49 }, idleMs: 3000, fullScreen: true }, nowMs)
    expect(board.read(nowMs + 60_000)).toMatchObject({
      power: { value: { onBattery: true }, source: 'desktop' }, temperatureC: { value: 40, source: 'system' }, lastInputMs: { value: nowMs - 3000 }, fullScreen: { value: true }, metered: null,
    })
    expect(board.read(nowMs + 60_001)).toMatchObject({ power: { value: { onBattery: false }, source: 'system' }, fullScreen: null, lastInputMs: null })
  })

  it('asks the system again when the desktop cannot tell any more', () => {
    const board = new SignalBoard()
    board.setSystem({ ...unknown, metered: false }, nowMs)
    board.push({ metered: true }, nowMs)
    board.push({ metered: null }, nowMs)
    expect(board.read(nowMs).metered).toEqual({ value: false, atMs: nowMs, source: 'system' })
  })
})
