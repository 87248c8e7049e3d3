/**
 * `npm run guard:build`: compiles the programs of guard/ for both processors and writes them where the service has them. For whoever
 * changes one; needs Debian's gcc, gcc-aarch64-linux-gnu (or gcc-x86-64-linux-gnu) and linux-libc-dev-arm64-cross. The
 * same compiler makes the same bytes.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guardSource } from '../service/testing/guard-source.ts'
import { root } from './setup/root.mjs'

const parts = [
  { name: 'guard', what: 'The guard', constant: 'programs', path: join(root, 'service/engine/guard/programs.ts') },
  { name: 'probe', what: 'The probe', constant: 'probePrograms', path: join(root, 'service/engine/guard/probe-programs.ts') },
  { name: 'loop', what: 'The attacher', constant: 'loopPrograms', path: join(root, 'service/engine/disk/programs.ts') },
] as const

const compilers = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' } as const

const options = [
  '-std=gnu11', '-Os', '-Wall', '-Wextra', '-Werror',
  // no libc, nothing that one would have to provide, and nothing in the file but the program
  '-static', '-nostdlib', '-nostartfiles', '-ffreestanding', '-fno-builtin', '-fno-tree-loop-distribute-patterns', '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables', '-fno-unwind-tables', '-fno-ident', '-fno-pie', '-no-pie',
  '-Wl,--build-id=none', '-Wl,-z,noexecstack', '-Wl,-z,noseparate-code', '-s',
]

function compile(compiler: string, source: string): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'depin-guard-'))
  try {
    const program = join(directory, 'program')
    execFileSync(compiler, [...options, source, '-o', program], { stdio: 'inherit' })
    return readFileSync(program)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

for (const { name, what, constant, path } of parts) {
  const source = join(root, `guard/${name}.c`)
  const binaries = Object.entries(compilers).map(([arch, compiler]) => [arch, compile(compiler, source)] as const)
  const sourceHash = createHash('sha256').update(guardSource(source)).digest('hex')
  writeFileSync(path, `/**
 * ${what}, built by \`npm run guard:build\` from guard/${name}.c. Here as text, so that it is wherever this file is:
 * in a checkout, in a bundle, in an installed app.
 */
export const ${constant} = {
  /** SHA-256 of the source that they were built from. */
  source: '${sourceHash}',
  /** Base64 of an ELF executable without libraries. */
  binaries: {
${binaries.map(([arch, program]) => `    ${arch}: '${Buffer.from(program).toString('base64')}',`).join('\n')}
  },
} as const
`)
  for (const [arch, program] of binaries) console.log(`${name}  ${arch}  ${program.length} bytes`)
}
