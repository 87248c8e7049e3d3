import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostsDoubts } from './podman.ts'
import { Quotas } from './quotas.ts'

describe('Podman', () => {
  let folder = ''
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'depin-podman-'))))
  afterAll(() => rm(folder, { recursive: true }))

  async function doubts(hosts: string, config: string | null): Promise<number> {
    await writeFile(join(folder, 'hosts'), hosts)
    if (config !== null) await writeFile(join(folder, 'containers.conf'), config)
    return (await hostsDoubts(join(folder, 'hosts'), [join(folder, config === null ? 'none' : 'containers.conf')])).length
  }

  it('is doubted where guests see names of this computer’s network, and not where they see none', async () => {
    const plain = '# hosts\n127.0.0.1 localhost\n127.0.1.1 me\n::1 localhost\nff02::1 ip6-allnodes\nfe00::0 ip6-localnet\n'
    expect(await doubts(plain, null)).toBe(0)
    expect(await doubts(`${plain}192.168.1.7 nas\n`, null)).toBe(1)
    expect(await doubts(`${plain}  fd00::7 nas\n`, '[containers]\n#base_hosts_file = "none"\n')).toBe(1)
    expect(await doubts(`${plain}192.168.1.7 nas\n`, '[containers]\nbase_hosts_file = "none"\n')).toBe(0)
  })

  it('goes on telling the quota that a container was made with, so what it was given is remembered', () => {
    const quotas = new Quotas()
    quotas.made('a')
    quotas.started('a')
    expect(quotas.of('a', 1000)).toBe(1000)
    quotas.given('a', 200)
    expect(quotas.of('a', 1000)).toBe(200)
    // it begins anew with the quota of its making, or ran all the time: nobody knows
    quotas.started('a')
    expect(quotas.of('a', 1000)).toBe(0)
    expect([quotas.of('of an earlier life', 1000), quotas.of('without one', null)]).toEqual([0, null])
    quotas.given('b', 300)
    quotas.gone('b')
    expect(quotas.of('b', 1000)).toBe(0)
  })
})
