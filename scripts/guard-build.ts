/**
 * `npm run guard:build`: compiles guard/guard.c for both processors and writes service/engine/guard/programs.ts. For whoever
 * changes the guard; needs Debian's gcc, gcc-aarch64-linux-gnu (or gcc-x86-64-linux-gnu) and linux-libc-dev-arm64-cross. The
 * same compiler makes the same bytes.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './setup/root.mjs'

const sourcePath = join(root, 'guard/guard.c')
const programsPath = join(root, 'service/engine/guard/programs.ts')

const compilers = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' } as const

const options = [
  '-std=gnu11', '-Os', '-Wall', '-Wextra', '-Werror',
  // no libc, nothing that one would have to provide, and nothing in the file but the program
  '-static', '-nostdlib', '-nostartfiles', '-ffreestanding', '-fno-builtin', '-fno-tree-loop-distribute-patterns', '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables', '-fno-unwind-tables', '-fno-ident', '-fno-pie', '-no-pie',
  '-Wl,--build-id=none', '-Wl,-z,noexecstack', '-Wl,-z,noseparate-code', '-s',
]

function compile(compiler: string): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'depin-guard-'))
  try {
    const program = join(directory, 'guard')
    execFileSync(compiler, [...options, sourcePath, '-o', program], { stdio: 'inherit' })
    return readFileSync(program)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const binaries = Object.entries(compilers).map(([arch, compiler]) => [arch, compile(compiler)] as const)
// of the text as it is committed, whatever line ends a checkout has given it
const sourceHash = createHash('sha256').update(readFileSync(sourcePath, 'utf8').replaceAll('\r\n', '\n')).digest('hex')
writeFileSync(programsPath, `/**
 * The guard, built by \`npm run guard:build\` from guard/guard.c. Here as text, so that it is wherever this file is:
 * in a checkout, in a bundle, in an installed app.
 */
export const programs = {
  /** SHA-256 of the source that they were built from. */
  source: '${sourceHash}',
  /** Base64 of an ELF executable without libraries. */
  binaries: {
${binaries.map(([arch, program]) => `    ${arch}: '${Buffer.from(program).toString('base64')}',`).join('\n')}
  },
} as const
`)
for (const [arch, program] of binaries) console.log(`${arch}  ${program.length} bytes`)
