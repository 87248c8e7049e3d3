import { parseCpuMilli, parseSizeMiB } from '../../../../contract/units.ts'
import type { AppService } from '../../../../contract/wire/v1/app.ts'
import { defaults, least, most } from '../limits.ts'
import { quote } from '../notes.ts'
import { dig, type Field, get, textOf } from '../tree.ts'
import { parsed, type ServiceContext, wholeNumber } from './context.ts'

export type ServiceResources = Pick<AppService, 'cpuMilli' | 'memoryMiB' | 'diskMiB' | 'pids' | 'shmMiB'>

export interface ReadResources extends ServiceResources {
  /** The file says nothing about memory or processor. */
  silent: boolean
}

/** What the service reserves on its host. `deploy` counts more than the older keys; 0 and -1 mean no limit, as in compose. */
export function readResources(context: ServiceContext): ReadResources {
  const { service } = context
  const limits = dig(service, 'deploy', 'resources', 'limits')
  const reservations = dig(service, 'deploy', 'resources', 'reservations')
  const cpu = readCpu(context, get(limits, 'cpus')) ?? readCpu(context, get(service, 'cpus')) ?? readQuota(context)
  const leastCpu = readCpu(context, get(reservations, 'cpus'))
  const memory = readSize(context, get(limits, 'memory'), most.memoryMiB) ?? readSize(context, get(service, 'mem_limit'), most.memoryMiB)
  const leastMemory = readSize(context, get(reservations, 'memory'), most.memoryMiB) ?? readSize(context, get(service, 'mem_reservation'), most.memoryMiB)
  const disk = readSize(context, dig(service, 'x-depin', 'disk'), most.diskMiB) ?? readSize(context, dig(service, 'storage_opt', 'size'), most.diskMiB)
  return {
    cpuMilli: Math.max(cpu ?? Math.max(leastCpu ?? 0, defaults.cpuMilli), least.cpuMilli),
    memoryMiB: Math.max(memory ?? Math.max(leastMemory ?? 0, defaults.memoryMiB), least.memoryMiB),
    diskMiB: disk ?? defaults.diskMiB,
    pids: readPids(context, get(limits, 'pids') ?? get(service, 'pids_limit')),
    shmMiB: readSize(context, get(service, 'shm_size'), most.shmMiB) ?? null,
    silent: (cpu ?? leastCpu) === undefined && (memory ?? leastMemory) === undefined,
  }
}

function readCpu(context: ServiceContext, field: Field | undefined): number | undefined {
  return isAsked(field) ? atMost(context, field, parsed(context, field, parseCpuMilli), most.cpuMilli) : undefined
}

function readSize(context: ServiceContext, field: Field | undefined, mostMiB: number): number | undefined {
  return isAsked(field) ? atMost(context, field, parsed(context, field, parseSizeMiB), mostMiB) : undefined
}

function atMost(context: ServiceContext, field: Field, value: number | undefined, limit: number): number | undefined {
  if (value === undefined || value <= limit) return value
  context.notes.error(field, `${quote(textOf(field) ?? '')} is more than any host has.`)
  return undefined
}

/** Time the service may run in each period, both µs; a period is 100 ms when the file does not say. */
function readQuota(context: ServiceContext): number | undefined {
  const quotaField = get(context.service, 'cpu_quota')
  if (!isAsked(quotaField)) return undefined
  const quota = wholeNumber(context, quotaField, 1, 1e12)
  const period = wholeNumber(context, get(context.service, 'cpu_period'), 1, 1e12) ?? 100_000
  return quota === undefined ? undefined : atMost(context, quotaField, Math.max(1, Math.round(quota / period * 1000)), most.cpuMilli)
}

function readPids(context: ServiceContext, field: Field | undefined): number {
  if (field === undefined) return defaults.pids
  if (!isAsked(field)) return defaults.pidsWithoutLimit
  return wholeNumber(context, field, 1, 32768) ?? defaults.pids
}

/** Whether the file asks for an amount, be it one that makes no sense. */
function isAsked(field: Field | undefined): field is Field {
  const text = textOf(field)?.trim() ?? ''
  return text !== '' && !/^(-1|0+(\.0*)?[a-z]*)$/i.test(text)
}
