import { describe, expect, it } from 'vitest'
import { DoctorFinding } from '../../contract/nouns/node.ts'
import { examine, type HealthFacts } from './index.ts'

const well: HealthFacts = {
  nodeVersion: 'v24.21.0',
  engine: { state: 'ready', kind: 'docker', version: '28.0', socket: '/var/run/docker.sock', os: 'linux', arch: 'amd64', cpuMilli: 4000, memoryMiB: 8192, rootless: false, containment: 'proven', isolation: 'container' },
  dataDir: { path: '/home/ana/.local/share/depin', problem: null },
  freeDiskMiB: 50_000,
  servicePid: 4711,
  network: { addresses: ['/ip4/192.168.1.7/tcp/4747'], connectedPeers: 3 },
  updates: null,
  clockSkewMs: 40,
}

describe('the doctor', () => {
  it('finds nothing wrong with a machine that is well', () => {
    expect(examine(well).map((finding) => finding.status)).toEqual(Array(8).fill('ok'))
  })

  it.each([
    ['engine', 'fail', { engine: { state: 'stopped', socket: '/run/docker.sock', hung: false, message: 'refused', sinceMs: 0, nextRetryMs: 0 } }],
    ['engine', 'fail', { engine: { state: 'stopped', socket: null, hung: false, message: 'Docker is installed and does not run.', sinceMs: 0, nextRetryMs: 0 } }],
    ['engine', 'fail', { engine: { state: 'forbidden', socket: '/var/run/docker.sock', message: 'The account ana may not use Docker.', fix: 'Let it with “depin engine allow”.' } }],
    ['engine', 'warn', { engine: { state: 'missing', tried: [], install: 'sudo apt-get install docker.io' } }],
    ['engine', 'fail', { engine: { state: 'unsafe', socket: '/run/docker.sock', message: 'Docker Desktop 4.40.0 has a known hole.', update: 'Update Docker Desktop to 4.44.3 or later.', cves: ['CVE-2025-9074'] } }],
    ['engine', 'warn', { engine: { ...well.engine as Extract<HealthFacts['engine'], { state: 'ready' }>, doubts: ['runc 1.1.5+ds1 may hold the repair.'] } }],
    ['engine', 'fail', { engine: { ...well.engine as Extract<HealthFacts['engine'], { state: 'ready' }>, containment: 'broken', leaks: ['another lease'] } }],
    ['engine', 'warn', { engine: { state: 'looking' } }],
    ['data-dir', 'fail', { dataDir: { path: '/x', problem: { code: 'E_DATA_DIR_PERMISSIONS', message: 'Other users can reach /x.', fix: 'Close it: chmod -R go= /x' } } }],
    ['disk', 'fail', { freeDiskMiB: 100 }],
    ['network', 'warn', { network: { addresses: ['/ip4/127.0.0.1/tcp/1'], connectedPeers: 1 } }],
    ['peers', 'warn', { network: { addresses: [], connectedPeers: 0 } }],
    ['clock', 'fail', { clockSkewMs: 9 * 60_000 }],
    ['node', 'warn', { nodeVersion: 'v20.1.0' }],
    ['service', 'warn', { servicePid: null }],
    ['updates', 'warn', { updates: { message: 'What is remembered is damaged.', fix: 'Begin anew with “depin update --again”.' } }],
  ] as [string, string, Partial<HealthFacts>][])('%s: %s, with what to do', (id, status, change) => {
    const finding = examine({ ...well, ...change }).find((each) => each.id === id)
    expect(finding).toMatchObject({ status })
    expect(finding?.fix?.length).toBeGreaterThan(10)
    expect(DoctorFinding.parse(finding).cause).not.toBeNull()
  })

  it('says to start an engine that is there, and to get one that is not', () => {
    const fixFor = (engine: HealthFacts['engine']) => examine({ ...well, engine }).find(({ id }) => id === 'engine')
    expect(fixFor({ state: 'stopped', socket: null, hung: false, message: 'Docker is installed and does not run.', sinceMs: 0, nextRetryMs: 0 }))
      .toMatchObject({ message: 'Docker is installed and does not run.', fix: expect.stringMatching(/^Start it: “depin engine start”/) as string })
    expect(fixFor({ state: 'stopped', socket: '/run/docker.sock', hung: true, message: 'It does not answer.', sinceMs: 0, nextRetryMs: 0 })?.fix).toMatch(/^Restart it: “depin engine restart”/)
    expect(fixFor({ state: 'missing', tried: [], install: '' })?.fix).toContain('depin engine install')
  })

  it('says nothing of what cannot be looked at without a service', () => {
    const findings = examine({ ...well, servicePid: null, network: null, clockSkewMs: null })
    expect(findings.map((finding) => finding.id)).toEqual(['service', 'engine', 'data-dir', 'disk', 'node'])
  })
})
