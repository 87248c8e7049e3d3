import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ServiceFile, serviceFileName } from '../../contract/nouns/serve.ts'
import { FakeClock } from '../testing/clock.ts'
import { until } from '../testing/wait.ts'
import { createServiceControl } from './control.ts'

let dataDir = ''
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'depin-control-'))
  // a version that runs, and neither answers nor goes when it is asked to
  const hang = `process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000); require("node:fs").appendFileSync("started", process.pid + " " + (process.env.MARK ?? "") + "\\n")`
  writeFileSync(join(dataDir, 'depin'), `#!/bin/sh\nexec '${process.execPath}' -e '${hang}'\n`)
  chmodSync(join(dataDir, 'depin'), 0o755)
  writeServiceFile(2 ** 30)
})
afterEach(() => {
  for (const pid of started().filter(isAlive)) process.kill(pid, 'SIGKILL')
  rmSync(dataDir, { recursive: true })
})

function writeServiceFile(pid: number): void {
  const file: ServiceFile = {
    pid, socket: join(dataDir, 'gone'), dashboard: null, startedAtMs: 0, version: '1.0.0',
    serve: { dataDir, http: null, listen: [], bootstrap: [], mdns: false, engine: 'none', share: false, logLevel: 'warn' },
  }
  writeFileSync(join(dataDir, serviceFileName), JSON.stringify(file))
}

function lines(): string[] {
  try {
    return readFileSync(join(dataDir, 'started'), 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}
const started = (): number[] => lines().map((line) => Number.parseInt(line, 10))
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the service, from outside', () => {
  it('is started anew, and a version that answers nobody makes room for the next', async () => {
    const clock = new FakeClock()
    const control = createServiceControl({ dataDir, program: join(dataDir, 'depin'), clock })
    await control.prepare(null)
    await control.restart()
    const [ill] = await until('the first runs', () => started().length === 1 && started())
    const again = control.restart()
    await until('the second runs', () => started().length === 2)
    await until('the first has gone', () => {
      clock.advance(1_000)
      return !isAlive(ill!)
    })
    await again
    expect(isAlive(started()[1]!)).toBe(true)
    expect(await control.hasEnded()).toBe(false)
  })

  it.runIf(process.platform === 'linux').each([['as it was started', 'depin.mjs', 'mine'], ['without the environment of a program that has its pid now', 'other.mjs', '']])('is started %s', async (_, name, mark) => {
    writeFileSync(join(dataDir, name), 'setInterval(() => undefined, 1000); console.log(1)')
    const present = spawn(process.execPath, [join(dataDir, name)], { env: { ...process.env, MARK: 'mine' } })
    try {
      await once(present.stdout, 'data')
      writeServiceFile(present.pid!)
      const control = createServiceControl({ dataDir, program: join(dataDir, 'depin'), clock: new FakeClock() })
      await control.prepare(null)
      await control.restart()
      expect(await until('it runs', () => lines()[0])).toBe(`${started()[0]} ${mark}`)
    } finally {
      present.kill('SIGKILL')
    }
  })

  it('of another user is not started: it would run as the wrong one, in an environment of that other’s choice', async () => {
    const control = createServiceControl({ dataDir, program: join(dataDir, 'depin'), clock: new FakeClock(), userId: (process.getuid?.() ?? 0) + 1 })
    await expect(control.prepare(null)).rejects.toMatchObject({ code: 'E_CONFLICT' })
    expect(started()).toEqual([])
  })
})
