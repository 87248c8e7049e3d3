import { isTrue } from '../tree.ts'
import { depends, fits, ignored, refused, supported, whole } from './types.ts'

const noLabels = 'Labels mean nothing to a host.'
const elsewhere = 'Depin cannot reach a store that other software keeps.'
const giveContent = 'Give the content with `file:` or `environment:`.'

/** The top of the file. */
export const projectRows = [
  supported('version', 'Old files have it. It changes nothing.'),
  supported('name', 'The name of your app, unless you give another when you deploy.'),
  supported('services', 'Each service runs on the same host, side by side.'),
  supported('include', 'Other compose files of the project folder, merged in as compose does it.'),
  supported('include.[].path', 'One file, or several that are merged in order.'),
  supported('include.[].env_file', 'Variables for the included file; by default the .env beside it.'),
  supported('include.[].project_directory', 'Where its relative paths start from.'),
  refused('models', 'Hosts have no models of their own to offer.', 'Run a model server as a service, for example the image ollama/ollama.'),
]

/** `networks:` at the top. */
export const networkRows = [
  supported('networks', 'The services of an app share one private network and reach each other by name, whatever networks the file has.'),
  supported('networks.*.name', 'Changes nothing: the network belongs to your app alone.'),
  depends('networks.*.driver',
    { when: fits(/^(bridge|default|)$/), values: '`bridge`', verdict: 'supported', reason: 'That is what your app gets.' },
    { when: fits(/^(host|none)$/), values: '`host`, `none`', verdict: 'refused', reason: 'A host gives every app a private network, not its own network and not none at all.', instead: 'Remove the driver.' },
    { verdict: 'ignored', reason: 'Your app gets one private network on its host instead of the driver {value}.' }),
  ignored('networks.*.driver_opts', 'The host sets its network up itself.'),
  ignored('networks.*.ipam', 'The host chooses the addresses.', 'Let services find each other by name.'),
  whole(depends('networks.*.external',
    { when: ({ node }) => node.kind === 'mapping' || isTrue(node), values: '`true`', verdict: 'ignored', reason: 'A network of your computer does not exist on a host. Your app gets one of its own; other apps are not on it.' },
    { verdict: 'supported', reason: 'The network is made for your app.' })),
  depends('networks.*.internal',
    { when: ({ node }) => isTrue(node), values: '`true`', verdict: 'ignored', reason: 'Services cannot be cut off from the internet one by one: your app has one network.' },
    { verdict: 'supported', reason: 'Nothing is asked for.' }),
  supported('networks.*.enable_ipv4', 'Changes nothing.'),
  ignored('networks.*.enable_ipv6', 'The host decides which kinds of addresses its apps have.'),
  supported('networks.*.attachable', 'Changes nothing: only your app is on its network.'),
  ignored('networks.*.labels', noLabels),
]

/** `volumes:` at the top. */
export const volumeRows = [
  supported('volumes', 'A named volume begins empty, and lives as long as the copy of your app on its host.'),
  supported('volumes.*.name', 'Changes nothing: the volume belongs to your app alone.'),
  depends('volumes.*.driver',
    { when: fits(/^(local|default|)$/), values: '`local`', verdict: 'supported', reason: 'That is what your app gets.' },
    { verdict: 'refused', reason: 'Hosts keep volumes on their own disk only, not with the driver {value}.', instead: 'Remove the driver to use the host’s disk.' }),
  depends('volumes.*.driver_opts',
    { when: ({ node }) => node.kind === 'mapping' && /^(nfs4?|cifs|smb3?)$/i.test(textIn(node.entries.get('type')?.value)), values: 'a network drive (`type: nfs`, `cifs`)', verdict: 'refused', reason: 'A host cannot mount a drive of your network.', instead: 'Remove the options to use the host’s disk.' },
    { verdict: 'ignored', reason: 'The volume is kept on the host’s disk and begins empty, whatever the options say.' }),
  whole(depends('volumes.*.external',
    { when: ({ node }) => node.kind === 'mapping' || isTrue(node), values: '`true`', verdict: 'ignored', reason: 'A volume of your computer does not exist on a host. Your app gets an empty one.' },
    { verdict: 'supported', reason: 'The volume is made for your app.' })),
  ignored('volumes.*.labels', noLabels),
]

/** `secrets:` and `configs:` at the top. */
export const fileRows = [
  supported('secrets', 'Travels to the host with your app and appears in it as a file. The owner of a host can read it.'),
  supported('secrets.*.name', 'Changes nothing.'),
  supported('secrets.*.environment', 'The content is the value of this variable.'),
  supported('secrets.*.file', 'A file of the project folder.'),
  whole(depends('secrets.*.external',
    { when: ({ node }) => node.kind === 'mapping' || isTrue(node), values: '`true`', verdict: 'refused', reason: 'A secret kept by other software cannot be sent to a host.', instead: giveContent },
    { verdict: 'supported', reason: 'The content is in your project.' })),
  ignored('secrets.*.labels', noLabels),
  refused('secrets.*.driver', elsewhere, giveContent),
  refused('secrets.*.driver_opts', elsewhere, giveContent),
  refused('secrets.*.template_driver', 'A host fills in no templates.', 'Write the finished content.'),
  supported('configs', 'Travels to the host with your app and appears in it as a file.'),
  supported('configs.*.name', 'Changes nothing.'),
  supported('configs.*.content', 'The content itself, with variables.'),
  supported('configs.*.environment', 'The content is the value of this variable.'),
  supported('configs.*.file', 'A file of the project folder.'),
  whole(depends('configs.*.external',
    { when: ({ node }) => node.kind === 'mapping' || isTrue(node), values: '`true`', verdict: 'refused', reason: 'A config kept by other software cannot be sent to a host.', instead: 'Give it with `content:`, `file:` or `environment:`.' },
    { verdict: 'supported', reason: 'The content is in your project.' })),
  ignored('configs.*.labels', noLabels),
  refused('configs.*.template_driver', 'A host fills in no templates.', 'Write the finished content.'),
]

/** What compose has no word for. */
export const depinRows = [
  supported('x-depin', 'Where and for how much your app may run.'),
  supported('x-depin.budget', 'All copies together never cost more than this, as `20`. Without it there is no limit.'),
  supported('x-depin.max_price', 'What one copy may cost, as `5`, `5/month`, `0.2/day` or `0.01/hour`. Without it there is no limit.'),
  supported('x-depin.regions', 'Only hosts in these, as `[TZ, BR-PE]`. Without it anywhere.'),
  supported('x-depin.spread', '`host` (the default): every copy on another host. `region`: in another region too, where there is one.'),
  supported('x-depin.copies', 'How many copies of the whole app run.'),
  supported('x-depin.grace', 'How long a host may be out of reach before its copy is replaced, as `30s`.'),
  supported('x-depin.egress', 'What the app may open connections to: `none` (the default), a list of full names such as `[api.example.org]` (`"*.example.org"`: all below one), or `open`. Hosts allow as much as their owners say.'),
  supported('x-depin.isolation', 'Only hosts that keep apps apart this far: `container`, `userns` (user ids of its own) or `sandbox` (a kernel of its own). Without it any host.'),
  supported('services.*.x-depin', 'What this service needs of its host.'),
  supported('services.*.x-depin.disk', 'Disk for what the service and its volumes keep, as `5g`.'),
]

function textIn(node: { kind: string, text?: string } | undefined): string {
  return node?.text ?? ''
}
