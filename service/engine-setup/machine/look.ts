import { execFile } from 'node:child_process'
import { readFile, statfs } from 'node:fs/promises'
import { cpus, homedir, release, totalmem, userInfo } from 'node:os'
import { type BaseDeps, withDeadline } from '../../base/index.ts'
import { hasPath, hasProgram, searchPath } from '../../engine/index.ts'
import { questionsFor, type Recorded } from './recorded.ts'

const answerDeadlineMs = 20_000
const maxAnswerBytes = 256 * 1024

/** Asks this machine. What does not answer in time does not answer. */
export async function lookAtMachine(deps: Pick<BaseDeps, 'clock'>, hasTerminal: boolean, signal?: AbortSignal): Promise<Recorded> {
  const { platform, arch, env } = process
  const uid = process.getuid?.() ?? null
  const questions = questionsFor(platform, uid)
  const [files, paths, programs, answers, freeDiskMiB] = await Promise.all([
    gather(questions.files, (path) => readFile(path, 'utf8')),
    filter(questions.paths, hasPath),
    filter(questions.programs, hasProgram),
    gather(questions.commands.map((command) => command.join(' ')), (line) => answer(deps, questions.commands.find((command) => command.join(' ') === line) ?? [''], signal)),
    freeMiB(platform === 'win32' ? homedir() : '/'),
  ])
  return {
    platform, arch, release: release(), uid, user: userInfo().username, home: homedir(), cores: cpus().length, memoryMiB: Math.floor(totalmem() / 1024 ** 2), freeDiskMiB, hasTerminal,
    env: Object.fromEntries(questions.env.flatMap((name) => env[name] === undefined ? [] : [[name, env[name]]])), files, paths, programs, answers,
  }
}

/** What could be had, by name; what could not is left out. */
async function gather<Value>(names: readonly string[], get: (name: string) => Promise<Value | null>): Promise<Record<string, Value>> {
  const values = await Promise.all(names.map((name) => get(name).catch(() => null)))
  return Object.fromEntries(names.flatMap((name, index) => values[index] == null ? [] : [[name, values[index]]]))
}

async function filter(names: readonly string[], test: (name: string) => Promise<boolean>): Promise<string[]> {
  const passed = await Promise.all(names.map(test))
  return names.filter((_, index) => passed[index])
}

async function answer({ clock }: Pick<BaseDeps, 'clock'>, [program = '', ...args]: readonly string[], parent?: AbortSignal): Promise<{ exitCode: number, stdout: string } | null> {
  return await withDeadline(clock, program, answerDeadlineMs, (signal) => new Promise((resolve) => {
    execFile(program, args, { signal, windowsHide: true, maxBuffer: maxAnswerBytes, env: { ...process.env, PATH: searchPath() } }, (error, stdout) => {
      const code = error === null ? 0 : error.code
      resolve(typeof code === 'number' ? { exitCode: code, stdout } : null)
    })
  }), parent)
}

async function freeMiB(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return Math.floor(bavail * bsize / 1024 ** 2)
}
