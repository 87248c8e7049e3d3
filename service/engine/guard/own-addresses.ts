import { networkInterfaces } from 'node:os'
import { isPublicAddress } from './addresses.ts'

/** This machine's public IPv4 addresses, so that they are no way in; all its others are denied to everybody anyway. */
export function ownPublicAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).map(({ address }) => address)
  return [...new Set(all.filter(isPublicAddress))].sort()
}
