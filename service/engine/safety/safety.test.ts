import { describe, expect, it } from 'vitest'
import { type EngineVersions, judgeSafety, partsOf } from './safety.ts'
import { compareVersions, holdsRepair, parseVersion } from './version.ts'

const community = (runc: string, version = '28.5.2'): EngineVersions => ({
  Version: version, Platform: { Name: 'Docker Engine - Community' }, Components: [
    { Name: 'Engine', Version: version, Details: { GitCommit: 'e180ab8' } },
    { Name: 'containerd', Version: 'v1.7.28', Details: { GitCommit: 'b98a3aace656320842a23f4a392a33f46af97866' } },
    { Name: 'runc', Version: runc, Details: { GitCommit: `v${runc}-0-g51d5e94` } },
  ],
})
const debian = (runc: string): EngineVersions => ({
  Version: '20.10.24+dfsg1', Platform: { Name: '' }, Components: [
    { Name: 'Engine', Version: '20.10.24+dfsg1', Details: { GitCommit: '5d6db84' } },
    { Name: 'containerd', Version: '1.6.20~ds1', Details: { GitCommit: '1.6.20~ds1-1+deb12u3' } },
    { Name: 'runc', Version: '1.1.5+ds1', Details: { GitCommit: runc } },
  ],
})
const desktop = (version: string): EngineVersions => ({ ...community('1.3.3'), Platform: { Name: `Docker Desktop ${version} (198134)` } })
const podman = (runtime: { Name: string, Version: string }): EngineVersions => ({
  Version: '4.9.3', Components: [{ Name: 'Podman Engine', Version: '4.9.3', Details: { GitCommit: '' } }, runtime],
})

describe('versions with known escapes', () => {
  it.each([
    ['Docker’s own packages, up to date', community('1.3.3'), 'safe', []],
    ['the older line, repaired', community('1.2.8'), 'safe', []],
    ['the line after', community('1.5.0'), 'safe', []],
    ['a line that was never repaired', community('1.1.15'), 'unsafe', ['CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881']],
    ['the newer line before its repair', community('1.3.2'), 'unsafe', ['CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881']],
    ['a candidate of the next line with it', community('1.4.0-rc.3'), 'safe', []],
    ['a candidate before it', community('1.4.0-rc.2'), 'unsafe', ['CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881']],
    ['a runc of three years', community('1.1.5'), 'unsafe', ['CVE-2024-21626', 'CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881']],
    ['Docker Desktop as it should be', desktop('4.44.3'), 'safe', []],
    ['Docker Desktop whose containers reach its interface', desktop('4.44.2'), 'unsafe', ['CVE-2025-9074']],
    ['Docker Desktop, by number and not by letters', desktop('4.5.0'), 'unsafe', ['CVE-2025-9074']],
    ['Podman with crun', podman({ Name: 'OCI Runtime (crun)', Version: 'crun version 1.14.1\ncommit: de537a7' }), 'safe', []],
    ['an engine that tells nothing of its parts', { Version: '20.10.24' }, 'safe', []],
  ] as [string, EngineVersions, string, string[]][])('%s', (_, versions, verdict, cves) => {
    const safety = judgeSafety(versions)
    expect({ verdict: safety.verdict, cves: safety.verdict === 'unsafe' ? safety.cves : [] }).toEqual({ verdict, cves })
  })

  it('say what to update', () => {
    expect(judgeSafety(desktop('4.43.2'))).toMatchObject({
      message: 'Docker Desktop 4.43.2 has a known hole: a guest could reach its control interface (CVE-2025-9074).', update: 'Update Docker Desktop to 4.44.3 or later.',
    })
    expect(judgeSafety(community('1.1.5'))).toMatchObject({ update: 'Update runc to 1.3.3 or later (with Docker’s own packages, it comes with containerd.io).' })
  })
})

describe('what distributions repair in place', () => {
  it('is no reason to refuse, and what cannot be told is said', () => {
    const safety = judgeSafety(debian('1.1.5+ds1-1+deb12u1'))
    expect(safety.verdict).toBe('cannot-tell')
    // the one of 2024 is known to be repaired in this build
    expect(JSON.stringify(safety)).not.toContain('CVE-2024-21626')
    expect(JSON.stringify(safety)).toContain('CVE-2025-31133')
  })

  it('is not taken for repaired before it was', () => {
    expect(JSON.stringify(judgeSafety(debian('1.1.5+ds1-1')))).toContain('CVE-2024-21626')
  })

  it.each(['1.1.7-0ubuntu1~22.04.2', '1.1.5+ds1-1+deb12u1', '1.1.9-1.fc39', '1.1.4-1.el9', '1.6.20~ds1'])('is known by its mark: %s', (version) => {
    expect(parseVersion(version)?.isDistribution).toBe(true)
  })

  it.each(['1.1.12', '1.4.0-rc.3', '4.44.3', 'v1.7.28', '28.5.2'])('is not seen where it is not: %s', (version) => {
    expect(parseVersion(version)?.isDistribution).toBe(false)
  })

  it('leaves a build of unknown makers in doubt', () => {
    const versions = { Version: '24.0.5', Components: [{ Name: 'runc', Version: '1.1.7', Details: { GitCommit: '' } }] }
    expect(judgeSafety(versions).verdict).toBe('cannot-tell')
    expect(partsOf(versions)).toContainEqual({ component: 'runc', version: '1.1.7', isUpstream: false })
  })
})

describe('versions', () => {
  const parse = (text: string) => parseVersion(text)!
  it.each([['1.2.8', '1.2.10'], ['1.4.0-rc.3', '1.4.0'], ['1.0.0~rc93', '1.0.0-rc95'], ['9.9', '10.0'], ['1.2', '1.2.1']])('%s is older than %s', (older, newer) => {
    expect(compareVersions(parse(older), parse(newer))).toBeLessThan(0)
    expect(compareVersions(parse(newer), parse(older))).toBeGreaterThan(0)
  })

  it('hold no number where there is none', () => {
    expect(parseVersion('unknown')).toBeNull()
  })

  it('are repaired in the line that was repaired', () => {
    expect(holdsRepair(parse('18.09.9'), ['18.09.9', '19.03.1'])).toBe(true)
    expect(holdsRepair(parse('18.09.8'), ['18.09.9', '19.03.1'])).toBe(false)
    expect(holdsRepair(parse('18.10.0'), ['18.09.9', '19.03.1'])).toBe(false)
    expect(holdsRepair(parse('20.10.24'), ['18.09.9', '19.03.1'])).toBe(true)
  })
})
