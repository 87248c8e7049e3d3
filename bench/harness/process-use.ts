import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Missing } from './machine.ts'

export interface Memory {
  /** Of the process alone: its heap and buffers. */
  ownMiB: number
  /** Files it has mapped, most of all the program itself: shared with every process that runs the same. */
  fileMiB: number
}

/** Of one process, as Linux counts it. */
export function memoryOf(pid: number): Memory {
  const status = read(pid, 'status')
  const ofKind = (kind: string): number => Number(new RegExp(`^${kind}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024
  return { ownMiB: ofKind('RssAnon'), fileMiB: ofKind('RssFile') + ofKind('RssShmem') }
}

export function residentMiB(pid: number): number {
  const { ownMiB, fileMiB } = memoryOf(pid)
  return ownMiB + fileMiB
}

/** Processor time that a process and its ended children have had, ms. */
export function processorMs(pid: number): number {
  // the second field is the program's name, and may have spaces in it
  const fields = read(pid, 'stat').replace(/^.*\) /, '').split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return ticks / ticksPerSecond() * 1000
}

/** A process and all that it has started and that runs still. */
export function withDescendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter((child) => child !== '')
  return [pid, ...children.flatMap((child) => withDescendants(Number(child)))]
}

let ticks: number | undefined

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return ticks
}

function read(pid: number, file: 'status' | 'stat'): string {
  if (process.platform !== 'linux') throw new Missing('What a process uses is read from /proc, which only Linux has.')
  return readFileSync(`/proc/${pid}/${file}`, 'utf8')
}
