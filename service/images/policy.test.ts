import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImageVariant } from '../../contract/wire/v1/image.ts'
import { judge, type PolicyFacts } from './policy.ts'
import { byDigest, isPrivateRegistry, parseReference } from './reference.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const variant: ImageVariant = { platform: { os: 'linux', arch: 'amd64' }, config: digest('a'), layers: [digest('b'), digest('c')], manifest: digest('d'), downloadBytes: null, sizeBytes: null }
const facts = (change: Partial<PolicyFacts> = {}): PolicyFacts => ({ onlyAllowed: false, rules: [], blocklists: [], ...change })
const list = (subject: string) => ({ publisher: 'x', name: 'village', sequence: 1, issuedAtMs: 0, expiresAtMs: 0, entries: [{ subject, why: 'a miner' }] })
const both = { kind: 'accepted', fromRegistry: true, fromPeers: true }

describe('a name of an image', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', 'latest'],
    ['owner/app:1', 'docker.io', 'owner/app', '1'],
    ['index.docker.io/nginx', 'docker.io', 'library/nginx', 'latest'],
    ['ghcr.io/owner/app', 'ghcr.io', 'owner/app', 'latest'],
    ['host:5000/a/b:2', 'host:5000', 'a/b', '2'],
    ['localhost/a', 'localhost', 'a', 'latest'],
  ])('%s', (written, registry, repository, tag) => {
    expect(parseReference(written)).toEqual({ registry, repository, tag, digest: null })
    expect(parseReference(byDigest(written, digest('a')))).toMatchObject({ registry, repository, digest: digest('a') })
  })

  it.each(['localhost', '127.0.0.1:5000', '127.1', '10.0.0.1', '2130706433', 'printer', 'nas.local', 'x.internal:80', 'router.home.arpa'])('%s is inside a house', (registry) => {
    expect(isPrivateRegistry(registry)).toBe(true)
  })

  it.each(['docker.io', 'ghcr.io', 'registry.example.org:5000'])('%s is outside', (registry) => {
    expect(isPrivateRegistry(registry)).toBe(false)
  })
})

describe('which images are run', () => {
  it('all of them, while nothing is said; registries in the owner’s house are not asked', () => {
    expect(judge(facts(), 'nginx', variant)).toEqual(both)
    expect(judge(facts(), '192.168.1.2:5000/a', variant)).toEqual({ ...both, fromRegistry: false })
    expect(judge(facts({ rules: [{ action: 'allow', subject: 'registry:192.168.1.2:5000' }] }), '192.168.1.2:5000/a', variant)).toEqual(both)
  })

  it.each(['registry:docker.io', 'repository:docker.io/library/nginx', digest('a'), digest('c'), digest('d')])('none that %s is denied', (subject) => {
    expect(judge(facts({ rules: [{ action: 'deny', subject }] }), 'nginx', variant).kind).toBe('refused')
    expect(judge(facts({ rules: [{ action: 'deny', subject }, { action: 'allow', subject: digest('a') === subject ? digest('d') : digest('a') }] }), 'nginx', variant).kind).toBe('refused')
    expect(judge(facts({ blocklists: [list(subject)] }), 'nginx', variant)).toMatchObject({ kind: 'refused', why: expect.stringContaining('village') as string })
    expect(judge(facts({ rules: [{ action: 'deny', subject }] }), 'ghcr.io/a/b', null)).toEqual(both)
  })

  it('by name only from its registry; by content from anybody', () => {
    const only = (subject: string) => judge(facts({ onlyAllowed: true, rules: [{ action: 'allow', subject }] }), 'nginx', variant)
    expect(only('registry:docker.io')).toEqual({ ...both, fromPeers: false })
    expect(only('repository:docker.io/library/nginx')).toEqual({ ...both, fromPeers: false })
    expect(only(digest('a'))).toEqual(both)
    expect(only(digest('d'))).toEqual(both)
    expect(only('direct')).toEqual({ ...both, fromRegistry: false })
    // a layer is part of many images
    expect(only(digest('b')).kind).toBe('refused')
    expect(only('registry:ghcr.io').kind).toBe('refused')
  })

  it('an owner’s word counts more than a list’s', () => {
    expect(judge(facts({ blocklists: [list(digest('b'))], rules: [{ action: 'allow', subject: digest('a') }] }), 'nginx', variant)).toEqual(both)
    expect(judge(facts({ rules: [{ action: 'deny', subject: 'direct' }] }), 'nginx', variant)).toEqual({ ...both, fromPeers: false })
    expect(judge(facts({ rules: [{ action: 'deny', subject: 'direct' }] }), 'printer:1/a', variant).kind).toBe('refused')
  })

  it('more denying never lets more in', () => {
    const subject = fc.constantFrom('registry:docker.io', 'repository:docker.io/library/nginx', 'direct', digest('a'), digest('b'), digest('d'), digest('e'))
    const rules = fc.uniqueArray(fc.record({ action: fc.constantFrom('allow' as const, 'deny' as const), subject }), { selector: (rule) => rule.subject })
    fc.assert(fc.property(rules, fc.boolean(), subject, (given, onlyAllowed, more) => {
      const before = judge(facts({ rules: given, onlyAllowed }), 'nginx', variant)
      const after = judge(facts({ rules: [...given.filter((rule) => rule.subject !== more), { action: 'deny', subject: more }], onlyAllowed }), 'nginx', variant)
      const listed = judge(facts({ rules: given, onlyAllowed, blocklists: [list(more)] }), 'nginx', variant)
      for (const narrower of [after, listed]) {
        if (narrower.kind !== 'accepted') continue
        expect(before).toMatchObject({ kind: 'accepted' })
        if (before.kind === 'accepted') expect([narrower.fromPeers <= before.fromPeers, narrower.fromRegistry <= before.fromRegistry]).toEqual([true, true])
      }
    }))
  })
})
