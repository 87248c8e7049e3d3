import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { electronEnv, electronProgram } from '../harness/electron.ts'
import { appFolder, expect, test } from './fixtures.ts'

interface Second { argv: string[], folder: string, data: unknown }

test('a second start ends, and the first is told its arguments, folder and data', async ({ launch }) => {
  const first = await launch({ env: { CONTRACT_SINGLE: '1' } })
  await expect.poll(first.notes).toContain('lock true')
  expect(await first.app.evaluate(({ app }) => app.hasSingleInstanceLock())).toBe(true)

  expect(await startAgain(first.userData, 'depin://join/abc')).toBe(0)
  await expect.poll(() => first.notes().find((note) => note.startsWith('second '))).toBeDefined()
  const { argv, folder, data } = JSON.parse(first.notes().find((note) => note.startsWith('second '))!.slice('second '.length)) as Second
  expect(argv).toContain('depin://join/abc')
  expect(folder).toBe(process.cwd())
  expect(data).toEqual({ greeting: 'from', number: 2 })
})

test('a lock that was let go can be had again', async ({ launch }) => {
  const { app } = await launch({ env: { CONTRACT_SINGLE: '1' } })
  expect(await app.evaluate(({ app }) => {
    app.releaseSingleInstanceLock()
    const released = app.hasSingleInstanceLock()
    return [released, app.requestSingleInstanceLock(), app.hasSingleInstanceLock()]
  })).toEqual([false, true, true])
})

test('a link that starts the app is among its arguments', async ({ launch }) => {
  const { app } = await launch({ args: ['--hidden', 'depin://join/first'] })
  expect(await app.evaluate(() => process.argv)).toEqual(expect.arrayContaining(['depin://join/first', '--hidden']))
})

test('a link can bring no switches along', async ({ launch }) => {
  const { notes, userData } = await launch({ env: { CONTRACT_SINGLE: '1' } })
  await expect.poll(notes).toContain('lock true')
  expect(await startAgain(userData, 'depin://join/abc', '--inspect=0')).not.toBe(0)
  expect(notes().find((note) => note.startsWith('second '))).toBeUndefined()
})

/** As a click on a link or an icon would. @returns its exit code */
async function startAgain(userData: string, ...args: string[]): Promise<number | null> {
  const sandbox = process.platform === 'linux' ? ['--no-sandbox'] : []
  const child = spawn(electronProgram(), [...sandbox, appFolder, `--user-data-dir=${userData}`, ...args], { env: { ...process.env, ...electronEnv, CONTRACT_SINGLE: '2' }, stdio: 'ignore' })
  const [code] = await once(child, 'exit') as [number | null]
  return code
}
