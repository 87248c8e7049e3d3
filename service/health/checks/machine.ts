import { formatSizeMiB } from '../../../contract/units.ts'
import { keepFreeDiskMiB } from '../../capacity/index.ts'
import type { Check } from '../types.ts'

const wantedNodeMajor = 24

export const checkDataDir: Check = ({ dataDir }) => dataDir.problem === null
  ? { id: 'data-dir', status: 'ok', cause: null, message: `The data directory ${dataDir.path} is private and whole.`, fix: null }
  : { id: 'data-dir', status: 'fail', cause: { code: 'data-dir', error: dataDir.problem.code }, message: dataDir.problem.message, fix: dataDir.problem.fix }

export const checkDisk: Check = ({ freeDiskMiB }) => freeDiskMiB >= keepFreeDiskMiB
  ? { id: 'disk', status: 'ok', cause: null, message: `${formatSizeMiB(freeDiskMiB)} of disk are free.`, fix: null }
  : { id: 'disk', status: 'fail', cause: { code: 'disk-low', freeMiB: freeDiskMiB, neededMiB: keepFreeDiskMiB }, message: `Only ${formatSizeMiB(freeDiskMiB)} of disk are free: sharing stops below ${formatSizeMiB(keepFreeDiskMiB)}.`, fix: 'Free some space, or share less disk.' }

export const checkUpdates: Check = ({ updates }) => updates === null ? null : { id: 'updates', status: 'warn', cause: { code: 'updates-damaged' }, ...updates }

export const checkNode: Check = ({ nodeVersion }) => Number(/^v?(\d+)/.exec(nodeVersion)?.[1]) >= wantedNodeMajor
  ? { id: 'node', status: 'ok', cause: null, message: `It runs on Node ${nodeVersion.replace(/^v/, '')}.`, fix: null }
  : { id: 'node', status: 'warn', cause: { code: 'runtime-old', version: nodeVersion.replace(/^v/, ''), wanted: String(wantedNodeMajor) }, message: `It runs on Node ${nodeVersion.replace(/^v/, '')}; it is made for ${wantedNodeMajor}.`, fix: 'Start it with “npm start”, which brings its own.' }
