import { describe, expect, it } from 'vitest'
import { defaultRules } from '../../../contract/nouns/owner.ts'
import { fixtureFormat } from '../../gallery/fixtures/format.ts'
import { findings, nodeStatus, readyEngine, shareStatus } from '../../gallery/fixtures/sharing.ts'
import en from '../../i18n/en.json'
import { computerChecks } from './checks.ts'
import { beside, isSetup, stepAt, stepsFor } from './steps.ts'
import { whenIds, whenOf, whenPatch } from './when.ts'

const f = fixtureFormat(en)

describe('the steps', () => {
  it('are five, and three for who shares nothing', () => {
    expect(stepsFor('share')).toEqual(['welcome', 'check', 'share', 'safety', 'review'])
    expect(stepsFor(null)).toHaveLength(5)
    expect(stepsFor('deploy')).toEqual(['welcome', 'safety', 'review'])
    expect([beside('welcome', 'deploy', 1), beside('review', 'both', 1), beside('welcome', 'both', -1), beside('safety', 'both', -1)]).toEqual(['safety', null, null, 'share'])
  })

  it('go on where one was, whatever the address says', () => {
    expect(stepAt(undefined, { purpose: 'both', step: 'safety' })).toBe('safety')
    expect(stepAt('check', { purpose: 'both', step: 'safety' })).toBe('check')
    expect(stepAt('nonsense', { purpose: null, step: 'share' })).toBe('share')
    // shares nothing any more: that step is not on the way
    expect(stepAt('share', { purpose: 'deploy', step: 'share' })).toBe('welcome')
  })

  it('are at addresses of their own', () => {
    expect([isSetup('/setup'), isSetup('/setup/check'), isSetup('/settings'), isSetup('/setupx')]).toEqual([true, true, false, false])
  })
})

describe('when to share', () => {
  it('is read off the rules as it was written into them', () => {
    for (const id of whenIds) {
      const patch = whenPatch(id).rules
      expect(whenOf({ ...defaultRules, ...patch, hours: { ...defaultRules.hours, ...patch?.hours }, hot: defaultRules.hot, busy: defaultRules.busy } as typeof defaultRules)).toBe(id)
    }
  })
})

describe('the check of this computer', () => {
  const status = (changes: Parameters<typeof computerChecks>[0]) => Object.fromEntries(computerChecks(changes, f).map((check) => [check.id, check.status]))
  const share = shareStatus('off')

  it('passes what is there', () => {
    expect(status({ share, node: nodeStatus('off'), findings })).toEqual({ cpu: 'pass', memory: 'pass', disk: 'pass', internet: 'pass', engine: 'pass' })
  })

  it('says nothing before it knows', () => {
    expect(Object.values(status({ share: null, node: null, findings: [] }))).toEqual(Array(5).fill('waiting'))
  })

  it('tells what can be mended here from what cannot, in numbers', () => {
    const small = { ...share, machine: { cpuMilli: 250, memoryMiB: 256, diskMiB: 1024 } }
    expect(status({ share: small, node: nodeStatus('engine-missing', { connectedPeers: 0 }), findings })).toEqual({ cpu: 'blocked', memory: 'blocked', disk: 'blocked', internet: 'fixable', engine: 'fixable' })
    expect(computerChecks({ share: small, node: null, findings }, f)[1]!.detail).toContain('256 MB: guests need at least 512 MB')
    expect(status({ share, node: nodeStatus('engine-unsafe'), findings })['engine']).toBe('blocked')
    expect(status({ share, node: nodeStatus('sharing', { engine: { ...readyEngine, containment: 'broken', leaks: [] } }), findings })['engine']).toBe('blocked')
  })
})
