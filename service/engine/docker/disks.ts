import { createHash } from 'node:crypto'
import { DepinError, toErrorReport } from '../../../contract/errors.ts'
import { type BaseDeps, randomHex } from '../../base/index.ts'
import { attacherImage, isAttacherArch } from '../disk/image.ts'
import { LoopDisks } from '../disk/loop.ts'
import { type DiskOptions, type Disks, loopControl, measuredDisks, noLoopBecause, quotaDisks } from '../disk/means.ts'
import type { LoopOrder } from '../disk/orders.ts'
import { canFormat, ImageStore } from '../disk/store.ts'
import { labelKeys } from '../names.ts'
import { type AttacherPlace, attacherSpec } from '../spec.ts'
import type { LoadableImage } from '../types.ts'
import { createArchives } from './archives.ts'
import type { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import { createImages } from './images.ts'
import { logChunks } from './log-frames.ts'

const attachDeadlineMs = 30_000

export interface DisksAt extends EngineContext, Pick<BaseDeps, 'rng'> {
  userNamespaces: boolean
  options: DiskOptions
}

/** The strongest means that works on this engine, tried out. */
export async function chooseDisks(at: DisksAt): Promise<Disks> {
  const { means } = at.options
  if (means === 'measured') return measuredDisks('It was asked for.')
  const why = await tryLoop(at)
  if (typeof why !== 'string') return why
  at.log.info('disks of guests are no images on loop devices', { why })
  return means !== 'loop' && await hasQuota(at) ? { ...quotaDisks, says: { means: 'quota', why } } : measuredDisks(why)
}

/** Loop devices, or why not. */
async function tryLoop(at: DisksAt): Promise<Disks | string> {
  const { client, status, options: { directory } } = at
  const control = await loopControl()
  const why = noLoopBecause({
    platform: process.platform, kind: status.kind === 'podman' ? 'podman' : 'docker', isLocal: at.rootDir !== null && client.endpoint.kind === 'socket',
    rootless: status.rootless, userNamespaces: at.userNamespaces, directory, canFormat: await canFormat(), hasProgram: isAttacherArch(status.arch), control, uid: process.getuid?.() ?? -1,
  })
  if (why !== null || directory === null || control === null || !isAttacherArch(status.arch)) return why ?? 'It cannot be told.'
  try {
    const store = new ImageStore(directory)
    await store.open()
    const label = createHash('sha256').update(directory).digest('hex').slice(0, 20)
    const image = attacherImage(status.arch)
    const place = { directory, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, devicesGid: control.gid, label }
    await removeAttachers(client, label)
    const attach = (order: LoopOrder): Promise<void> => runAttacher(at, image, place, order)
    const probe = `probe-${randomHex(at.rng, 8)}`
    await store.withProbe(probe, () => attach({ verb: 'probe', file: probe }))
    const disks = new LoopDisks(store, attach)
    await disks.recover()
    return disks
  } catch (error) {
    if (error instanceof DepinError && error.code === 'E_ENGINE_STOPPED') throw error
    return toErrorReport(error).message.slice(0, 300)
  }
}

async function ensureImage(at: DisksAt, image: LoadableImage): Promise<string> {
  const isSame = (info: { config: string | null, layers: readonly string[] }): boolean => (
    (info.config === null || info.config === image.config.digest) && info.layers.join() === image.layers.map(({ digest }) => digest).join()
  )
  const present = await createImages(at, () => Promise.resolve(null)).inspectImage(image.name)
  if (present !== null && isSame(present)) return present.id
  const loaded = await createArchives(at).loadImage(image, new AbortController().signal)
  if (isSame(loaded)) return loaded.id
  throw new DepinError('E_ENGINE', `The container engine has another image under the name ${image.name}.`, { next: `Remove it: docker rmi -f ${image.name}` })
}

async function runAttacher(at: DisksAt, image: LoadableImage, place: Omit<AttacherPlace, 'run' | 'imageId'>, order: LoopOrder): Promise<void> {
  const { client, traits, rng } = at
  // each time: whoever clears up images may have taken it
  const imageId = await ensureImage(at, image)
  const id = await client.create(attacherSpec(order, { ...place, imageId, run: randomHex(rng, 8) }, traits))
  try {
    await client.call('start the attacher of disks', attachDeadlineMs, (docker, abortSignal) => docker.getContainer(id).start({ abortSignal }))
    const { StatusCode: code } = await client.call('attach a disk', attachDeadlineMs, (docker, abortSignal) => docker.getContainer(id).wait({ abortSignal }) as Promise<{ StatusCode: number }>)
    if (code !== 0) throw new DepinError('E_ENGINE', `A guest’s disk could not be made ready (${order.verb}): ${await outputOf(client, id)}`)
  } finally {
    await remove(client, id)
  }
}

async function outputOf(client: DockerClient, id: string): Promise<string> {
  const query = { follow: false, stdout: true, stderr: true, timestamps: true }
  using open = await client.stream('read the log', (docker, abortSignal) => docker.getContainer(id).logs({ follow: true, abortSignal, ...{ _query: query } }))
  let text = ''
  for await (const chunk of logChunks(open.body, false)) text += chunk.text
  return text.trim().slice(0, 300)
}

function remove(client: DockerClient, id: string): Promise<unknown> {
  return client.call('remove a container', attachDeadlineMs, (docker, abortSignal) => docker.getContainer(id).remove({ force: true, abortSignal })).catch(() => undefined)
}

/** What a crash has left. One service has one folder: none of them is anybody else's. */
async function removeAttachers(client: DockerClient, label: string): Promise<void> {
  const filters = { label: [`${labelKeys.disk}=${label}`] }
  const left = await client.call('list the containers', 15_000, (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }))
  await Promise.all(left.map(({ Id }) => remove(client, Id)))
}

/** Engines that know no quota refuse a volume with a size, or ignore it, which its options show. */
async function hasQuota({ client, rng, traits }: DisksAt): Promise<boolean> {
  if (traits.kind === 'podman') return false
  const name = `depin-quota-${randomHex(rng, 8)}`
  try {
    await client.call('make a volume', 15_000, (docker, abortSignal) => docker.createVolume({ Name: name, Driver: 'local', DriverOpts: { size: '1M' }, abortSignal }))
    return true
  } catch {
    return false
  } finally {
    await client.call('remove a volume', 15_000, (docker, abortSignal) => docker.getVolume(name).remove({ abortSignal })).catch(() => undefined)
  }
}
