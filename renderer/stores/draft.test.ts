import { describe, expect, it } from 'vitest'
import type { ManifestBundle, ManifestReport } from '../../contract/nouns/deployment.ts'
import { manifests } from '../gallery/fixtures/apps.ts'
import { fixtureClient } from '../gallery/fixtures/client.ts'
import { manualClock, settled } from '../gallery/fixtures/clock.ts'
import { openWith, stillConnection } from '../gallery/fixtures/stores.ts'
import { bundleOf, createDraft, optionsOf } from './draft.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function writing(validate: (bundle: ManifestBundle) => Promise<ManifestReport> = () => Promise.resolve(manifests.good)) {
  const clock = manualClock()
  const asked: ManifestBundle[] = []
  const client = fixtureClient({ manifests: { validate: ({ bundle }) => {
    asked.push(bundle)
    return validate(bundle)
  } } })
  const draft = createDraft({ connection: stillConnection(openWith(client)), clock })
  return { clock, asked, draft, validation: () => draft.store.getState().validation }
}

describe('a draft', () => {
  it('is checked once typing pauses', async () => {
    const { clock, asked, draft, validation } = writing()
    draft.setText('a')
    await clock.advance(200)
    draft.setText('ab')
    await clock.advance(200)
    expect(asked).toHaveLength(0)
    expect(validation().kind).toBe('checking')
    await clock.advance(200)
    expect(asked).toHaveLength(1)
    expect(atob(asked[0]!.files['compose.yaml']!)).toBe('ab')
    expect(validation()).toEqual({ kind: 'checked', report: manifests.good })
  })

  it('believes only the answer to the last question', async () => {
    const answers: ((report: ManifestReport) => void)[] = []
    const { clock, draft, validation } = writing(() => new Promise((resolve) => answers.push(resolve)))
    draft.setText('one')
    await clock.advance(400)
    draft.setText('two')
    await clock.advance(400)
    answers[0]!(manifests.broken)
    await settled()
    expect(validation().kind).toBe('checking')
    answers[1]!(manifests.good)
    await settled()
    expect(validation()).toEqual({ kind: 'checked', report: manifests.good })
  })

  it('keeps the last report beside an error', async () => {
    let fails = false
    const { clock, draft, validation } = writing(() => fails ? Promise.reject(new Error('lost')) : Promise.resolve(manifests.warned))
    draft.setText('one')
    await clock.advance(400)
    fails = true
    draft.setText('two')
    await clock.advance(400)
    expect(validation()).toMatchObject({ kind: 'failed', before: manifests.warned })
  })

  it('is not checked while there is nothing', async () => {
    const { clock, asked, draft, validation } = writing()
    draft.setText('  ')
    await clock.advance(1000)
    expect(asked).toHaveLength(0)
    expect(validation()).toEqual({ kind: 'none' })
  })

  it('takes a compose file as its text and the rest as files', () => {
    const { draft } = writing()
    draft.addFiles([{ path: 'docker-compose.yml', bytes: bytes('services: {}') }, { path: '.env', bytes: bytes('A=ü') }])
    const state = draft.store.getState()
    expect(state).toMatchObject({ entry: 'docker-compose.yml', text: 'services: {}', textVersion: 1 })
    expect(Object.keys(bundleOf(state).files).sort()).toEqual(['.env', 'docker-compose.yml'])
  })

  it('gives a file the path that the compose file asks for', async () => {
    const { clock, draft } = writing(() => Promise.resolve(manifests.missing))
    draft.setText('services')
    await clock.advance(400)
    draft.addFiles([{ path: 'db_password.txt', bytes: bytes('x') }])
    draft.addNamed('web.env', [{ path: 'something.else', bytes: bytes('y') }], 'file')
    draft.addNamed('./html/', [{ path: 'site/index.html', bytes: bytes('z') }, { path: 'site/css/a.css', bytes: bytes('z') }], 'folder')
    expect(Object.keys(draft.store.getState().files).sort()).toEqual(['./html/css/a.css', './html/index.html', 'secrets/db_password.txt', 'web.env'])
  })

  it('turns what was typed into options', () => {
    expect(optionsOf({ name: '', maxPrice: '', hosts: null })).toEqual({})
    expect(optionsOf({ name: 'shop', maxPrice: '6,5', hosts: ['a'] })).toEqual({ name: 'shop', maxPriceMonthMicro: 6_500_000n, providers: ['a'] })
  })

  it('forgets picked hosts when what they were asked about changes', () => {
    const { draft } = writing()
    draft.chooseHosts(['a'])
    draft.setMaxPrice('3')
    expect(draft.store.getState().hosts).toBeNull()
  })
})
