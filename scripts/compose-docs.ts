/**
 * Writes docs/COMPOSE.md from the support table of service/deployments/manifest, so that what people read is what the
 * program does. `node scripts/compose-docs.ts`; a test fails when the file is stale.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bounds, casesOf, defaults, type SupportCase, type SupportRow, type SupportSection, supportTable } from '../service/deployments/manifest/index.ts'

export const composeDocPath = fileURLToPath(new URL('../docs/COMPOSE.md', import.meta.url))

export function renderComposeDoc(): string {
  return [introduction(), ...supportTable.map(renderSection)].join('\n')
}

function introduction(): string {
  return `# Compose files

<!-- Made by scripts/compose-docs.ts from the support table. Change the table, then run the script. -->

Your app is a compose file, the one you already have. \`depin validate FILE\` says what would become of it, line by line, before
anything is rented. The file is first held against the official compose schema, then against the table below. A key is

- **supported**: it does what compose does, or something as good;
- **ignored**: it changes nothing on a host, and the report names it;
- **refused**: the app would not work, or would reach into the host. The report says where, why, and what to do instead.

All services of a file run side by side on one host, a computer that belongs to somebody else. They share one private network and
reach each other by name. Nothing is opened on the host: \`depin forward NAME SERVICE:PORT\` brings a port to your computer.

## What is different from your own computer

- **Images, not builds.** A host fetches images from registries. \`build\` works only beside \`image\`.
- **Files travel with the app.** A file of the project folder in \`volumes\`, \`secrets\`, \`configs\` or \`env_file\` is sent as it is
  when you deploy: up to 512 kB each and 1 MB for an app. Scripts (files that begin with \`#!\`) can be run.
- **Folders become volumes.** Where a file mounts a folder that the app may write to (\`./data:/data\`), the app gets a volume of its own
  instead. It begins with the files that are in the folder of the project, or empty; nothing comes back into your folder.
- **Volumes live as long as a copy.** When a copy of your app moves to another host, its volumes begin anew there.
- **The app's own files are read-only.** It can write to its volumes, to \`tmpfs\`, to /tmp and to /run; nothing in those last three can be executed.
  Those three belong to the user that the service runs as (\`user\`, or else the image's own), and the folders that the image has in /run are there.
- **Only TCP is forwarded.** Services still reach each other by any protocol.
- **Whole apps are copied.** \`replicas\` of one service are copies of all of them.
- **No extra rights.** No app controls the host or its engine, sees its files, or uses its network or devices.

## What a service gets when the file does not say

| | |
| --- | --- |
| Processor (\`cpus\`) | ${defaults.cpuMilli / 1000} of a core |
| Memory (\`mem_limit\`) | ${defaults.memoryMiB} MB; a program that needs more is ended |
| Disk (\`x-depin: disk\`) | ${defaults.diskMiB} MB |
| Processes and threads (\`pids_limit\`) | ${defaults.pids}; ${defaults.pidsWithoutLimit} for \`-1\` |
| \`tmpfs\` | ${defaults.tmpfsMiB} MB each |
| Copies | ${defaults.copies} |
| Grace | ${defaults.graceMs / 1000}s |

An app can have ${bounds.services} services and ${bounds.copies} copies.

## Where and for how much: \`x-depin\`

\`\`\`yaml
x-depin:
  budget: 20            # all copies together, ever
  max_price: 5/month    # one copy
  regions: [TZ, BR-PE]
  spread: region
  copies: 2
  grace: 1m
  egress: [api.example.org]   # none, open, or names
  isolation: sandbox    # container, userns or sandbox
services:
  web:
    image: nginx:1.29
    x-depin:
      disk: 5g
\`\`\`

## Variables

\`$NAME\` and \`\${NAME}\` take their value from your environment, then from \`.env\` beside the file. \`\${NAME:-default}\`, \`\${NAME-default}\`,
\`\${NAME:?message}\`, \`\${NAME?message}\`, \`\${NAME:+instead}\` and \`\${NAME+instead}\` work as in compose, one inside the other too; \`$$\` is a dollar
sign. \`$PWD\` is always the project folder. Files named in a compose file must be in its folder, or in a folder of that.
`
}

function renderSection({ title, rows }: SupportSection): string {
  const lines = rows.flatMap((row) => casesOf(row).map((one, index) => renderCase(row, one, index === 0)))
  return [`## ${title}`, '', '| Key | Values | | |', '| --- | --- | --- | --- |', ...lines, ''].join('\n')
}

function renderCase(row: SupportRow, one: SupportCase, first: boolean): string {
  const key = first ? `\`${row.path.replace(/^services\.\*\./, '').replaceAll('.[]', '[]')}\`` : ''
  const text = [one.reason, one.instead].filter((part) => part !== undefined).join(' ').replace(/\{(\w+)\}/g, '‹$1›')
  return `| ${[key, one.values ?? '', one.verdict, text].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

if (import.meta.main) writeFileSync(composeDocPath, renderComposeDoc())
