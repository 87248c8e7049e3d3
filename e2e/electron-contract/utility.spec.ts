import { expect, test } from './fixtures.ts'

test('a utility process starts, is told things, and ends with its code', async ({ app }) => {
  const seen = await app.evaluate(async ({ utilityProcess }) => {
    const child = utilityProcess.fork(contract.child, ['--one', 'two'], { serviceName: 'contract-child', env: { ...process.env, CONTRACT_FLAG: 'set' }, cwd: contract.folder })
    // Before it can listen.
    child.postMessage({ do: 'tell' })
    const spawned = new Promise<void>((resolve) => child.once('spawn', () => resolve()))
    const told = await new Promise<{ folder: string }>((resolve) => child.once('message', resolve))
    await spawned
    const { pid } = child
    const exited = new Promise<number>((resolve) => child.once('exit', resolve))
    child.postMessage({ do: 'exit', code: 7 })
    return { told, inFolder: told.folder === contract.folder, hadPid: typeof pid, code: await exited, pidAfter: child.pid }
  })
  expect(seen).toMatchObject({ told: { type: 'utility', argv: ['--one', 'two'], flag: 'set', electron: expect.any(String) }, inFolder: true, hadPid: 'number', code: 7 })
  expect(seen.pidAfter).toBeUndefined()
})

test('one that is killed is gone, and app is told which', async ({ app }) => {
  const seen = await app.evaluate(async ({ app, utilityProcess }) => {
    const child = utilityProcess.fork(contract.child, [], { serviceName: 'contract-killed' })
    await new Promise<void>((resolve) => child.once('spawn', () => resolve()))
    const metrics = app.getAppMetrics().find(({ name }) => name === 'contract-killed')
    const gone = new Promise<Electron.Details>((resolve) => app.once('child-process-gone', (_event, details) => resolve(details)))
    const exited = new Promise<number>((resolve) => child.once('exit', resolve))
    process.kill(child.pid!, 'SIGKILL')
    const { type, name, reason } = await gone
    return { isSame: metrics?.type === 'Utility', type, name, reason, isZero: await exited === 0 }
  })
  expect(seen).toMatchObject({ isSame: true, type: 'Utility', name: 'contract-killed', isZero: false })
  expect(['killed', 'crashed', 'abnormal-exit']).toContain(seen.reason)
})

test('kill ends it', async ({ app }) => {
  expect(await app.evaluate(async ({ utilityProcess }) => {
    const child = utilityProcess.fork(contract.child)
    await new Promise<void>((resolve) => child.once('spawn', () => resolve()))
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const isKilled = child.kill()
    await exited
    return [isKilled, child.pid === undefined]
  })).toEqual([true, true])
})

test('what it prints can be read', async ({ app }) => {
  expect(await app.evaluate(async ({ utilityProcess }) => {
    const child = utilityProcess.fork(contract.child, [], { stdio: 'pipe' })
    const printed = new Promise<string>((resolve) => child.stdout!.on('data', (chunk: Buffer) => resolve(chunk.toString())))
    child.postMessage({ do: 'say', text: 'aloud' })
    const text = await printed
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill()
    await exited
    return text.trim()
  })).toBe('aloud')
})

test('one whose script is missing ends with an error', async ({ app }) => {
  expect(await app.evaluate(({ utilityProcess }) => new Promise((resolve) => {
    utilityProcess.fork(`${contract.child}.gone`, [], { stdio: 'ignore' }).once('exit', (code) => resolve(code !== 0))
  }))).toBe(true)
})

test('a port that it holds closes with it, and by it', async ({ app }) => {
  expect(await app.evaluate(async ({ MessageChannelMain, utilityProcess }) => {
    const closings: string[] = []
    for (const how of ['close', 'exit'] as const) {
      const child = utilityProcess.fork(contract.child)
      const { port1, port2 } = new MessageChannelMain()
      child.postMessage('port', [port2])
      port1.start()
      port1.postMessage('there')
      await new Promise<void>((resolve) => port1.once('message', () => resolve()))
      const closed = new Promise<void>((resolve) => port1.once('close', () => resolve()))
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.postMessage({ do: how, code: 0 })
      await closed
      closings.push(how)
      if (how === 'close') child.kill()
      await exited
    }
    return closings
  })).toEqual(['close', 'exit'])
})
