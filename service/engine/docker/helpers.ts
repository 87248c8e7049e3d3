import type { ContainerSpec } from '../spec.ts'
import type { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'

/** Makes a container that is never started, and removes it when `work` is done. */
export async function withHelper<T>({ client, log }: Pick<EngineContext, 'client' | 'log'>, spec: ContainerSpec, work: (id: string) => Promise<T>): Promise<T> {
  const helper = await create(client, spec)
  try {
    return await work(helper)
  } finally {
    // one that stays is found by the next of its name, or removed with the lease's images
    await remove(client, helper).catch((error: unknown) => log.warn('helper container was not removed', { error }))
  }
}

async function create(client: DockerClient, spec: ContainerSpec): Promise<string> {
  try {
    return await client.create(spec)
  } catch (error) {
    // left behind by a crash; the status says so only on Docker
    if (statusOf(error) === null || !/in use/i.test(String(error))) throw error
    await remove(client, spec.name)
    return await client.create(spec)
  }
}

async function remove(client: DockerClient, id: string): Promise<void> {
  try {
    await client.call('remove a container', 60_000, (docker, abortSignal) => docker.getContainer(id).remove({ force: true, v: true, abortSignal }))
  } catch (error) {
    if (statusOf(error) !== 404) throw error
  }
}
