import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { makeTestImages, testDocker } from '../../service/testing/engine-images.ts'
import { until } from '../../service/testing/wait.ts'
import { type FollowedCommand, TestService } from './service.ts'

/** Terms short enough to be watched. */
export const shortTerms = ['--interval', '2s', '--prepaid', '2s', '--grace', '6s']
/** Room for a test's apps on a small machine. */
const share = ['--cpu', '1', '--memory', '512m', '--disk', '2g']

/** Services on one engine and one loopback network, and everything they leave behind. */
export class World {
  readonly docker: Docker = testDocker()
  readonly services: TestService[] = []
  readonly folder: string
  readonly #followed: FollowedCommand[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<World> {
    await makeTestImages()
    return new World(await mkdtemp(join(tmpdir(), 'depin-e2e-files-')))
  }

  /** A running service. `bootstrap`: whom it knows from the beginning. */
  async service(options: { bootstrap?: TestService[], flags?: string[] } = {}): Promise<TestService> {
    const service = await TestService.create()
    this.services.push(service)
    await service.start(...(options.bootstrap ?? []).flatMap((other) => ['--bootstrap', other.address]), ...options.flags ?? [])
    return service
  }

  /** A service that shares, with terms that a test can wait for. */
  async provider(options: { bootstrap?: TestService[], label?: string } = {}): Promise<TestService> {
    const service = await this.service(options)
    await service.json('share', 'set', ...share, ...shortTerms, '--name', options.label ?? 'host')
    await service.json('share', 'on')
    return service
  }

  /** A command that goes on until this world ends. */
  follow(service: TestService, ...args: string[]): FollowedCommand {
    const command = service.follow(...args)
    this.#followed.push(command)
    return command
  }

  async file(name: string, text: string): Promise<string> {
    const path = join(this.folder, name)
    await writeFile(path, text)
    return path
  }

  /** Containers, networks and volumes that carry a service's label, but for pods that wait for a lease, and their networks. */
  async leftovers(service: TestService): Promise<string[]> {
    const filters = { label: [`io.depin.node=${service.peerId}`] }
    const [containers, networks, { Volumes: volumes }] = await Promise.all([
      this.docker.listContainers({ all: true, filters }), this.docker.listNetworks({ filters }), this.docker.listVolumes({ filters }),
    ])
    const names = containers.map((each) => each.Names.join().slice(1))
    const spares = names.filter((name) => name.startsWith('depin-spare-'))
    return [...names, ...networks.map((each) => each.Name), ...volumes.map((each) => each.Name)].filter((name) => !spares.includes(name))
  }

  async dispose(): Promise<void> {
    for (const command of this.#followed) await command.end()
    for (const service of this.services) {
      if (service.ready !== undefined) {
        await service.kill()
        await this.removeAll(service.peerId)
      }
      await service.dispose()
    }
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Everything that a node which has ended left on the engine. */
  removeAll(peerId: string): Promise<void> {
    return removeAllOf(this.docker, peerId)
  }
}

export async function removeAllOf(docker: Docker, peerId: string): Promise<void> {
  const filters = { label: [`io.depin.node=${peerId}`] }
  await until('no container is left', async () => {
    const left = await docker.listContainers({ all: true, filters })
    for (const { Id } of left) await docker.getContainer(Id).remove({ force: true, v: true }).catch(ignoreUnderWay)
    return left.length === 0
  })
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove()
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes) await docker.getVolume(Name).remove({ force: true })
}

/** The node had asked for it before it ended. */
function ignoreUnderWay(error: unknown): void {
  const { statusCode } = error as { statusCode?: number }
  if (statusCode !== 404 && statusCode !== 409) throw error
}
