/**
 * How fast a guest may write while it is held back. The kernel's own threads carry what it writes to the disk (loop devices,
 * journals), on nobody's account: no quota of the processor reaches them, and what the owner writes waits behind them.
 *
 * Files of the kernel: cgroup-v1 `blkio.throttle.write_bps_device` (Documentation/admin-guide/cgroup-v1/blkio-controller.rst),
 * cgroup-v2 `io.max` (Documentation/admin-guide/cgroup-v2.rst).
 */
import { access, constants, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { groupPath } from './group-path.ts'

/** Of each volume. An app that keeps a log or a database goes on at this. */
const heldBackBytesPerS = 4 * 1024 ** 2

/** What needs the system's leave. Replaced in tests. */
export interface PaceTools {
  read(path: string): Promise<string>
  write(path: string, value: string): Promise<void>
  mayWrite(path: string): Promise<boolean>
}

const systemTools = {
  read: (path: string) => readFile(path, 'utf8'),
  write: (path: string, value: string) => writeFile(path, value, { flag: 'r+' }),
  mayWrite: (path: string) => access(path, constants.W_OK).then(() => true, () => false),
  processes: async () => (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number),
}

/** Who writes, and what to. */
export interface Writer {
  containerId: string
  /** Of its first process, as the engine told it; 0: it does not run. */
  pid: number
  /** Nobody else's, as the kernel names them: `7:1024`. */
  devices: readonly string[]
}

/** A file of the kernel that keeps one line for each device. */
interface PaceFile { path: string, line: (device: string, bytesPerS: number | null) => string }

/** Where this may not be done nothing is. */
export async function paceWrites(writer: Writer, pace: 'free' | 'held-back', tools: PaceTools = systemTools): Promise<void> {
  if (writer.devices.length === 0) return
  const files = await filesOf(writer, tools)
  const bytesPerS = pace === 'free' ? null : heldBackBytesPerS
  await Promise.allSettled(files.flatMap(({ path, line }) => writer.devices.map((device) => tools.write(path, line(device, bytesPerS)))))
}

/** What the kernel has of it now; null: it does not run, has nothing to write to, or this may not be done here. */
export async function paceOf(writer: Writer, tools: PaceTools = systemTools): Promise<'free' | 'slow' | 'partly' | null> {
  if (writer.pid === 0 || writer.devices.length === 0) return null
  const files = await filesOf(writer, tools)
  if (!(await Promise.all(files.map(({ path }) => tools.mayWrite(path)))).every(Boolean)) return null
  const texts = await Promise.all(files.map(({ path }) => tools.read(path).catch(() => '')))
  const paces = new Set(texts.flatMap((text) => writer.devices.map((device) => paceIn(text, device))))
  return paces.size === 1 ? [...paces][0] ?? null : 'partly'
}

function paceIn(text: string, device: string): 'free' | 'slow' | 'partly' {
  const line = text.split('\n').find((each) => each.startsWith(`${device} `))
  if (line === undefined) return 'free'
  return line.split(/[ =]/).includes(String(heldBackBytesPerS)) ? 'slow' : 'partly'
}

/** Lets it write for as long as the work takes: what waits for its turn to write cannot be frozen. */
export async function whileWritesAreFree<Result>(writer: Writer, work: () => Promise<Result>, tools: PaceTools = systemTools): Promise<Result> {
  const limited = await limitedDevices(writer, tools)
  if (!writer.devices.some((device) => limited.includes(device))) return await work()
  await paceWrites(writer, 'free', tools)
  try {
    return await work()
  } finally {
    await paceWrites(writer, 'held-back', tools)
  }
}

/** Lets go whatever is held back of containers whose service may be dead, as far as they run; never throws. */
export async function freeWritesOf(containerIds: readonly string[], tools: PaceTools & { processes(): Promise<number[]> } = systemTools): Promise<void> {
  if (containerIds.length === 0) return
  await Promise.allSettled((await tools.processes().catch(() => [])).map(async (pid) => {
    const group = await tools.read(`/proc/${pid}/cgroup`)
    const containerId = containerIds.find((id) => group.includes(id))
    if (containerId === undefined) return
    const devices = await limitedDevices({ containerId, pid, devices: [] }, tools)
    await paceWrites({ containerId, pid, devices }, 'free', tools)
  }))
}

/** Those that a line is there for. */
async function limitedDevices(writer: Writer, tools: PaceTools): Promise<string[]> {
  const texts = await Promise.all((await filesOf(writer, tools)).map(({ path }) => tools.read(path).catch(() => '')))
  return texts.flatMap((text) => text.split('\n').flatMap((line) => /^(\d+:\d+) /.exec(line)?.[1] ?? []))
}

async function filesOf({ containerId, pid }: Writer, tools: PaceTools): Promise<PaceFile[]> {
  const groups = pid > 0 ? await tools.read(`/proc/${pid}/cgroup`).catch(() => '') : ''
  const [first, unified] = [groupPath(groups, 'blkio', containerId), groupPath(groups, '', containerId)]
  if (first === null && unified !== null) {
    return [{ path: join('/sys/fs/cgroup', unified, 'io.max'), line: (device, bytesPerS) => `${device} wbps=${bytesPerS ?? 'max'}` }]
  }
  // in the first version what the kernel writes later for somebody is the root group’s
  return ['/', ...first === null ? [] : [first]].map((path) => ({
    path: join('/sys/fs/cgroup/blkio', path, 'blkio.throttle.write_bps_device'), line: (device, bytesPerS) => `${device} ${bytesPerS ?? 0}`,
  }))
}
