import { createHash } from 'node:crypto'
import { DepinError } from '../../contract/errors.ts'
import { Name } from '../../contract/ids.ts'
import type { Owner } from './types.ts'

/**
 * Labels on everything of ours in an engine. Images carry their own keys, because a container inherits the labels of its
 * image: a container that somebody starts by hand from one of our images must not look like ours.
 */
export const labelKeys = {
  node: 'io.depin.node',
  lease: 'io.depin.lease',
  service: 'io.depin.service',
  volume: 'io.depin.volume',
  /** What the container was made of, to see that it was made for an older request. */
  spec: 'io.depin.spec',
  /** An attacher of disks: whose. */
  disk: 'io.depin.disk',
  imageNode: 'io.depin.image.node',
  imageLease: 'io.depin.image.lease',
  /** `guard` on the guard of a pod; containers of guests have none. */
  kind: 'io.depin.kind',
  /** On a pod that was made before its lease, and on its network: which. Labels stay; whose the pod is now, its name says. */
  spare: 'io.depin.spare',
  /** A container's ports, which its pod has. */
  ports: 'io.depin.ports',
} as const

const nodePattern = /^[A-Za-z0-9_-]{1,128}$/
const leasePattern = /^[a-z0-9_-]{1,64}$/

/** Throws E_BAD_INPUT unless both ids are made of characters that are safe in names, labels and filters. */
export function assertOwner(owner: Owner): void {
  if (!nodePattern.test(owner.node)) throw new DepinError('E_BAD_INPUT', 'The id of the node has characters that no peer id has.')
  if (!leasePattern.test(owner.leaseId)) throw new DepinError('E_BAD_INPUT', 'The id of the lease has characters that no lease id has.')
}

export function assertServiceName(name: string, what: 'service' | 'volume'): void {
  if (!Name.safeParse(name).success) throw new DepinError('E_BAD_INPUT', `“${name.slice(0, 80)}” cannot name a ${what}.`)
}

/** `depin-<lease>-<service>-<tag>`: a second create for the same lease and service finds the first container. */
export function containerName(owner: Owner, service: string): string {
  assertServiceName(service, 'service')
  return `${prefix(owner)}-${service}-${tag('container', owner, service)}`
}

/**
 * The name of a service's pod, which is the container of its guard: whole, since it alone says whose a pod is that was made
 * before its lease.
 */
export function podName(owner: Owner, service: string): string {
  assertOwner(owner)
  assertServiceName(service, 'service')
  return `depin-${owner.leaseId}.${service}.${tag('pod', owner, service)}-net`
}

const podNamePattern = /^depin-([a-z0-9_-]{1,64})\.([a-z0-9_.-]{1,63})\.[0-9a-f]{10}-net$/

/** Whose pod this is; null for every name that `podName` does not make for this node. */
export function podOf(node: string, name: string): { owner: Owner, service: string } | null {
  const [, leaseId = '', service = ''] = podNamePattern.exec(name) ?? []
  if (!nodePattern.test(node) || !leasePattern.test(leaseId) || !Name.safeParse(service).success) return null
  const owner = { node, leaseId }
  return podName(owner, service) === name ? { owner, service } : null
}

/** The name of a spare pod, and of the network that it is alone on. */
export function spareName(node: string, id: string): string {
  if (!nodePattern.test(node) || !/^[0-9a-f]{8,32}$/.test(id)) throw new DepinError('E_BAD_INPUT', 'This cannot name a spare pod.')
  return `depin-spare-${id}-${tag('spare', { node, leaseId: '' }, id)}`
}

/** The id in the name of a spare pod of this node; null for every other name. */
export function spareOf(node: string, name: string): string | null {
  const [, id = ''] = /^depin-spare-([0-9a-f]{8,32})-[0-9a-f]{10}$/.exec(name) ?? []
  return id !== '' && nodePattern.test(node) && spareName(node, id) === name ? id : null
}

/** The name of the one network that a lease has. */
export function networkName(owner: Owner): string {
  return `${prefix(owner)}-${tag('network', owner)}`
}

export function volumeName(owner: Owner, volume: string): string {
  assertServiceName(volume, 'volume')
  return `${prefix(owner)}-${tag('volume', owner, volume)}-${volume}`
}

/** The volume of this owner that `name` names, as `volumeName` made it; null for everything else, paths and others' volumes included. */
export function volumeOf(owner: Owner, name: string): string | null {
  const volume = name.slice(prefix(owner).length + 2 + tagLength)
  return Name.safeParse(volume).success && volumeName(owner, volume) === name ? volume : null
}

/** Names the container that carries files into an image; it is never started. */
export function fileLayerName(owner: Owner, service: string): string {
  assertServiceName(service, 'service')
  return `${prefix(owner)}-files-${tag('files', owner, service)}`
}

/** Names the container that an image is looked into by; it is never started. */
export function lookName(owner: Owner, service: string, imageId: string): string {
  assertServiceName(service, 'service')
  return `${prefix(owner)}-look-${tag('look', owner, `${service} ${imageId}`)}`
}

const tagLength = 10

function prefix(owner: Owner): string {
  assertOwner(owner)
  return `depin-${owner.leaseId.slice(0, 12)}`
}

/** Keeps nodes that share an engine apart, and leases whose ids begin alike. */
function tag(kind: string, owner: Owner, name = ''): string {
  return createHash('sha256').update(JSON.stringify([kind, owner.node, owner.leaseId, name])).digest('hex').slice(0, tagLength)
}

export function isSameOwner(a: Owner | null, b: Owner): boolean {
  return a?.node === b.node && a.leaseId === b.leaseId
}

/** The owner that labels claim, or null where there is none. */
export function ownerOf(labels: Readonly<Record<string, string>> | null | undefined): Owner | null {
  const node = labels?.[labelKeys.node]
  const leaseId = labels?.[labelKeys.lease]
  if (node === undefined || leaseId === undefined) return null
  return nodePattern.test(node) && leasePattern.test(leaseId) ? { node, leaseId } : null
}

export function volumeLabels(owner: Owner, volume: string): Record<string, string> {
  return { ...ownerLabels(owner), [labelKeys.volume]: volume }
}

export function spareLabels(node: string, id: string): Record<string, string> {
  return { [labelKeys.node]: node, [labelKeys.spare]: id }
}

export function ownerLabels(owner: Owner): Record<string, string> {
  return { [labelKeys.node]: owner.node, [labelKeys.lease]: owner.leaseId }
}
