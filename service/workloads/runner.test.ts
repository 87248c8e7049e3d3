import { describe, expect, it } from 'vitest'
import { DepinError } from '../../contract/errors.ts'
import type { EngineHost } from '../engine/types.ts'
import { appOf, appService } from '../testing/apps.ts'
import { fakeDeps } from '../testing/deps.ts'
import { LeaseRunner, type RunnerDeps } from './runner.ts'

const owner = { node: 'me', leaseId: 'lease' }
const restart = [{ kind: 'restart', service: 'web', containerId: 'id-web', attempts: 1 }] as const

/** A runner whose engine starts nothing, for this reason. */
function runner(error: Error) {
  const restarted: string[] = []
  const engine = { require: () => ({ listPods: () => Promise.resolve([{ owner, service: 'web', isRunning: true }]), start: () => Promise.reject(error) }) } as unknown as EngineHost
  const deps = { ...fakeDeps(), engine, owner, app: appOf(appService({ name: 'web' })), onRestart: (service: string) => restarted.push(service) } as unknown as RunnerDeps
  return { runner: new LeaseRunner(deps), restarted }
}

describe('a program that is not there', () => {
  it('ends its app at the third try, with the engine’s words: the rest of it does not run on for nothing', async () => {
    const { runner: lease, restarted } = runner(new DepinError('E_APP_FAILED', 'exec: "/nope": no such file or directory'))
    const { signal } = new AbortController()
    expect([(await lease.run(restart, signal)).kind, (await lease.run(restart, signal)).kind]).toEqual(['later', 'later'])
    expect(await lease.run(restart, signal)).toEqual({ kind: 'end', reason: { code: 'app-exited', detail: 'exec: "/nope": no such file or directory' } })
    expect(restarted).toEqual([])
  })

  it('is not taken for an engine that is away, which ends nothing', async () => {
    const { runner: lease } = runner(new DepinError('E_ENGINE_STOPPED', 'The engine does not answer.'))
    for (let turn = 0; turn < 20; turn++) expect((await lease.run(restart, new AbortController().signal)).kind).toBe('later')
    expect(lease.trouble).toEqual({ code: 'engine', detail: 'The engine does not answer.' })
  })
})
