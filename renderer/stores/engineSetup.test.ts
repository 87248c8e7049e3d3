import { describe, expect, it } from 'vitest'
import { fixtureClient } from '../gallery/fixtures/client.ts'
import { settled } from '../gallery/fixtures/clock.ts'
import { enginePlans, engineRuns, engines } from '../gallery/fixtures/engine.ts'
import { openWith, stillConnection } from '../gallery/fixtures/stores.ts'
import { testStream } from '../gallery/fixtures/stream.ts'
import type { Client } from '../api/types.ts'
import type { SetupRun } from '../../contract/nouns/engine-setup.ts'
import { createEngineSetup } from './engineSetup.ts'

function setupWith(engine: Partial<Client['engine']>) {
  return createEngineSetup({ connection: stillConnection(openWith(fixtureClient({ engine }))) })
}

describe('getting an engine', () => {
  it('shows what there is and what would be done', async () => {
    const setup = setupWith({})
    await setup.look()
    expect(setup.store.getState()).toMatchObject({ found: { engines, plan: enginePlans.install }, run: null, looking: false, problem: null })
  })

  it('follows an installation to its end, and looks again', async () => {
    const stream = testStream<SetupRun>()
    const asked: string[] = []
    const setup = setupWith({ setup: ({ planId }) => {
      asked.push(planId)
      return Promise.resolve(stream.iterator)
    }, last: () => Promise.resolve(engineRuns.done) })
    const ended = setup.carryOut('ubuntu-podman-0123456789ab')
    void setup.carryOut('ubuntu-podman-0123456789ab')
    stream.send(engineRuns.running)
    await settled()
    expect(setup.store.getState()).toMatchObject({ following: true, run: { percent: 33 } })
    stream.send(engineRuns.done)
    stream.end()
    await ended
    expect(asked).toEqual(['ubuntu-podman-0123456789ab'])
    expect(setup.store.getState()).toMatchObject({ following: false, run: { state: 'done' }, found: { engines } })
  })

  it('goes on following what is under way when the page is opened', async () => {
    const stream = testStream<SetupRun>()
    const setup = setupWith({ last: () => Promise.resolve(engineRuns.running), setup: () => Promise.resolve(stream.iterator) })
    await setup.look()
    stream.send(engineRuns.consent)
    await settled()
    expect(setup.store.getState()).toMatchObject({ following: true, run: { state: 'waiting-for-consent' } })
  })

  it('says why it did not work, and can be asked again', async () => {
    const setup = setupWith({ start: () => Promise.reject(new Error('no')), list: () => Promise.reject(new Error('no')) })
    await setup.start()
    expect(setup.store.getState()).toMatchObject({ following: false, problem: { code: 'E_INTERNAL' } })
    await setup.look()
    expect(setup.store.getState()).toMatchObject({ looking: false, found: null, problem: { code: 'E_INTERNAL' } })
  })
})
