import * as z from 'zod'
import { asInt, type Database, type WriteHandle } from '../database/index.ts'
import type { MeterRole, MeterState } from './types.ts'

const Row = z.object({
  lease_id: z.string(),
  role: z.enum(['provider', 'tenant']),
  run_ms: asInt,
  suspended_ms: asInt,
  egress_bytes: asInt,
  cpu_used_us: asInt,
  phase: z.enum(['stopped', 'running', 'suspended']),
  run_key: z.string(),
  boot_id: z.string(),
  monotonic_ms: asInt,
})

export interface MeterStore {
  get(leaseId: string, role: MeterRole): MeterState | undefined
  put(tx: WriteHandle, leaseId: string, role: MeterRole, meter: MeterState): void
}

export function createMeterStore(database: Database): MeterStore {
  return {
    get(leaseId, role) {
      const row = database.read.get(Row, 'SELECT * FROM meters WHERE lease_id = :leaseId AND role = :role', { leaseId, role })
      return row && {
        runMs: row.run_ms, suspendedMs: row.suspended_ms, egressBytes: row.egress_bytes, cpuUsedUs: row.cpu_used_us,
        phase: row.phase, runKey: row.run_key, bootId: row.boot_id, monotonicMs: row.monotonic_ms,
      }
    },
    put(tx, leaseId, role, meter) {
      tx.run(`INSERT INTO meters (lease_id, role, run_ms, suspended_ms, egress_bytes, cpu_used_us, phase, run_key, boot_id, monotonic_ms)
        VALUES (:leaseId, :role, :runMs, :suspendedMs, :egressBytes, :cpuUsedUs, :phase, :runKey, :bootId, :monotonicMs)
        ON CONFLICT (lease_id, role) DO UPDATE SET run_ms = :runMs, suspended_ms = :suspendedMs, egress_bytes = :egressBytes,
          cpu_used_us = :cpuUsedUs, phase = :phase, run_key = :runKey, boot_id = :bootId, monotonic_ms = :monotonicMs`, {
        leaseId, role, runMs: meter.runMs, suspendedMs: meter.suspendedMs, egressBytes: meter.egressBytes, cpuUsedUs: meter.cpuUsedUs,
        phase: meter.phase, runKey: meter.runKey, bootId: meter.bootId, monotonicMs: meter.monotonicMs,
      })
    },
  }
}
