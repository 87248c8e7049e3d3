import { describe, expect, it } from 'vitest'
import type { Replica } from '../../../contract/nouns/deployment.ts'
import { degradedApp, runningApp } from '../../gallery/fixtures/apps.ts'
import { fixtureFormat } from '../../gallery/fixtures/format.ts'
import ar from '../../i18n/ar.json'
import en from '../../i18n/en.json'
import { appWhy } from './why.ts'

const [f, arabic] = [fixtureFormat(en), fixtureFormat(ar, 'ar-u-nu-latn')]
const [replica] = runningApp.replicas as [Replica]
const app = (...states: Replica['state'][]) => ({
  why: 'It does not.', state: 'degraded' as const, copies: states.length,
  replicas: states.map((state, index): Replica => ({ ...replica, index, state, reason: state === 'running' ? null : { code: 'no-host' } })),
})

describe('why an app does not run', () => {
  it('is said as people count, in every language', () => {
    const said = (...states: Replica['state'][]) => [appWhy(app(...states), f)?.sentence, appWhy(app(...states), arabic)?.sentence]
    expect(said('waiting')).toEqual(['Its copy isn’t running. No host can take it right now.', expect.stringContaining('نسخته لا تعمل') as string])
    expect(said('waiting', 'waiting')).toEqual([expect.stringContaining('None of its 2 copies is running.') as string, expect.stringContaining('لا تعمل أي من نسخه') as string])
    expect(said('running', 'waiting', 'waiting')).toEqual([expect.stringContaining('1 of its 3 copies is running.') as string, expect.stringContaining('نسخة واحدة من أصل 3') as string])
    expect(said('running', 'running', 'waiting')).toEqual([expect.stringContaining('2 of its 3 copies are running.') as string, expect.stringContaining('نسختان من أصل 3') as string])
  })

  it('is nothing where it runs, or where its state says it all', () => {
    expect(appWhy(runningApp, f)).toBeNull()
    expect(appWhy({ ...app('starting'), replicas: [{ ...replica, state: 'starting', reason: null }] }, f)).toBeNull()
    expect(appWhy({ ...degradedApp, state: 'removing' }, f)).toBeNull()
  })
})
