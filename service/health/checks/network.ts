import { isHidden } from '../../../contract/nouns/node.ts'
import type { Check } from '../types.ts'

/** Beyond this, other computers refuse what we sign, ms. */
const tolerableSkewMs = 60_000

export const checkService: Check = ({ servicePid }) => servicePid === null
  ? { id: 'service', status: 'warn', cause: { code: 'service-none' }, message: 'No service runs on this data directory.', fix: 'Start it with “depin serve”, or “npm start” in a checkout.' }
  : { id: 'service', status: 'ok', cause: null, message: `The service runs (pid ${servicePid}).`, fix: null }

export const checkNetwork: Check = ({ network }) => {
  if (network === null) return null
  const outside = network.addresses.filter((address) => !isHidden({ addresses: [address] }))
  if (!isHidden(network)) return { id: 'network', status: 'ok', cause: null, message: `Others can try ${outside.length === 1 ? 'one address' : `${outside.length} addresses`} of this computer.`, fix: null }
  return { id: 'network', status: 'warn', cause: { code: 'network-hidden' }, message: 'It listens on this computer only: nobody else can reach it.', fix: 'Start it without --listen, or with --listen /ip4/0.0.0.0/tcp/0.' }
}

export const checkPeers: Check = ({ network }) => {
  if (network === null) return null
  if (network.connectedPeers > 0) return { id: 'peers', status: 'ok', cause: null, message: `${network.connectedPeers} other ${network.connectedPeers === 1 ? 'computer is' : 'computers are'} connected.`, fix: null }
  return { id: 'peers', status: 'warn', cause: { code: 'peers-none' }, message: 'No other computer is connected.', fix: 'Take an invite with “depin join LINK”, or start with --bootstrap; on one local network they find each other.' }
}

export const checkClock: Check = ({ clockSkewMs }) => {
  if (clockSkewMs === null) return null
  if (Math.abs(clockSkewMs) <= tolerableSkewMs) return { id: 'clock', status: 'ok', cause: null, message: 'This clock agrees with those of others.', fix: null }
  const minutes = Math.round(Math.abs(clockSkewMs) / 60_000)
  return { id: 'clock', status: 'fail', cause: { code: clockSkewMs > 0 ? 'clock-behind' : 'clock-ahead', minutes }, message: `This clock is ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ${clockSkewMs > 0 ? 'behind' : 'ahead of'} those of others.`, fix: 'Let the system set the time by itself.' }
}
