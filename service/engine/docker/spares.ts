import { randomBytes } from 'node:crypto'
import { labelKeys, spareName, spareOf } from '../names.ts'
import { spareSpec } from '../spec.ts'
import type { ContainerGlances } from './containers.ts'
import type { EngineContext } from './context.ts'
import type { Guards } from './guards.ts'
import type { PodNetworks } from './networks.ts'

/** A pod that waits for a lease: its guard's container, and the network that has the same name. */
export interface Spare { id: string, name: string }

/**
 * Pods that are ready before a lease comes, because making one takes longer than all the rest of a start. A spare is closed
 * to everything; it becomes a lease's by its name (`Pods`), and is no spare any more.
 */
export class Spares {
  readonly #context: EngineContext
  readonly #guards: Guards
  readonly #networks: PodNetworks
  readonly #glances: Pick<ContainerGlances, 'listed'>
  readonly #guardImageId: () => Promise<string>
  readonly #ready = new Map<string, Spare[]>()
  /** Given away, and perhaps not named for a lease yet. */
  readonly #given = new Set<string>()
  #last: Promise<unknown> = Promise.resolve()
  /** By the last call, which one that is still at work heeds. */
  readonly #wanted = new Map<string, number>()

  constructor(context: EngineContext, guards: Guards, networks: PodNetworks, glances: Pick<ContainerGlances, 'listed'>, guardImageId: () => Promise<string>) {
    this.#context = context
    this.#glances = glances
    this.#guards = guards
    this.#networks = networks
    this.#guardImageId = guardImageId
  }

  /** Nobody else is given this one. */
  take(node: string): Spare | null {
    const spare = this.#ready.get(node)?.pop() ?? null
    if (spare !== null) this.#given.add(spare.id)
    return spare
  }

  /** One at a time: two that count at once would make one too many. */
  async keep(node: string, count: number): Promise<number> {
    // Podman has not been seen to keep a container's network through a change of its name
    if (this.#context.traits.kind !== 'docker') return 0
    this.#wanted.set(node, count)
    const keeping = this.#last.catch(() => undefined).then(() => this.#keep(node, count))
    this.#last = keeping
    return await keeping
  }

  async discard({ id, name }: Spare): Promise<void> {
    await this.#guards.remove(id)
    await this.#networks.remove(name)
    this.#given.delete(id)
  }

  async #keep(node: string, count: number): Promise<number> {
    const { taken, found, networks } = await this.#look(node)
    for (const id of this.#given) if (taken.some((each) => each.id === id)) this.#given.delete(id)
    const known = this.#ready.get(node) ?? []
    // what others removed is not there to be given away
    this.#ready.set(node, known.filter(({ id }) => found.some((spare) => spare.id === id)))
    for (const spare of found.filter(({ id }) => !this.#given.has(id) && !known.some((each) => each.id === id))) await this.#adopt(node, spare, count)
    const ready = this.#ready.get(node) ?? []
    while (ready.length > count) {
      const spare = ready.pop()
      if (spare !== undefined) await this.discard(spare)
    }
    const used = new Set([...taken, ...ready, ...found.filter(({ id }) => this.#given.has(id))].map(({ name }) => name))
    for (const name of networks.filter((each) => !used.has(each))) await this.#networks.remove(name)
    while (ready.length < Math.min(count, this.#wanted.get(node) ?? 0)) {
      const spare = await this.#make(node)
      if (spare !== null) ready.push(spare)
    }
    return ready.length
  }

  /** One of an earlier life of this program: good when it runs, and is what would be made now. */
  async #adopt(node: string, spare: Spare & { hash: string, isRunning: boolean }, count: number): Promise<void> {
    const ready = this.#ready.get(node) ?? []
    const id = spareOf(node, spare.name) ?? ''
    const peers = await this.#networks.addresses(node, spare.name)
    const isGood = spare.isRunning && peers !== null && spareSpec(node, id, { guardImageId: await this.#guardImageId(), peers }, this.#context.traits).hash === spare.hash
    if (isGood && ready.length < count) ready.push({ id: spare.id, name: spare.name })
    else await this.discard(spare)
  }

  /** Null when nobody wants it any more. */
  async #make(node: string): Promise<Spare | null> {
    const { client, traits } = this.#context
    const id = randomBytes(8).toString('hex')
    const [guardImageId, name] = await Promise.all([this.#guardImageId(), this.#networks.makeSpare(node, id)])
    if (this.#wanted.get(node) === 0) {
      await this.#networks.remove(name)
      return null
    }
    const peers = await this.#networks.addresses(node, name)
    if (peers === null) throw new Error('the network of a spare pod was removed while it was made')
    const spare = { id: await client.create(spareSpec(node, id, { guardImageId, peers }, traits)), name }
    await this.#guards.start(spare.id)
    return spare
  }

  /** `taken`: those that are leases' by now. `found`: spares that are still spares. `networks`: of both. */
  async #look(node: string): Promise<{ taken: Spare[], found: (Spare & { hash: string, isRunning: boolean })[], networks: string[] }> {
    // networks first: one that is made after this has a guard by the time of the next look
    const networks = await this.#networks.listSpare(node)
    const listed = await this.#glances.listed(node)
    const taken: Spare[] = []
    const found: (Spare & { hash: string, isRunning: boolean })[] = []
    for (const { Id, Labels, Names, State } of listed.filter((each) => each.Labels[labelKeys.spare] !== undefined)) {
      const spare = { id: Id, name: spareName(node, Labels[labelKeys.spare] ?? '') }
      if (Names.includes(`/${spare.name}`)) found.push({ ...spare, hash: Labels[labelKeys.spec] ?? '', isRunning: State === 'running' })
      else taken.push(spare)
    }
    return { taken, found, networks }
  }
}
