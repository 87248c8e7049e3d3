import { CircleAlert, Cpu, Plus, RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { Badge, Callout } from '../components/Badge.tsx'
import type { Tone } from '../components/Badge.tsx'
import { Button, IconButton, LinkButton } from '../components/Button.tsx'
import type { ButtonLook, ButtonSize } from '../components/Button.tsx'
import { Card } from '../components/Card.tsx'
import { Confirm } from '../components/Confirm.tsx'
import { Command } from '../components/CopyButton.tsx'
import { DayBars } from '../components/DayBars.tsx'
import { Field } from '../components/Field.tsx'
import { KeyValue, KeyValues } from '../components/KeyValue.tsx'
import { Outside } from '../components/Outside.tsx'
import { Problem } from '../components/Problem.tsx'
import { Legend, Progress, RoomBar } from '../components/RoomBar.tsx'
import { Segments } from '../components/Segments.tsx'
import { Steps } from '../components/Steps.tsx'
import { Switch } from '../components/Switch.tsx'
import { Tree } from '../components/Tree.tsx'
import type { SwitchLook, TreeMood } from '../sharing/hero.ts'
import { EmptyState, LoadingLines } from '../components/Waiting.tsx'
import { LanguageProvider } from '../i18n/Language.tsx'
import type { LoadedCatalogue } from '../i18n/Language.tsx'
import { StoresProvider, useStores } from '../stores/context.tsx'
import { Toasts } from '../shell/Toasts.tsx'
import { fixtureStores } from './fixtures/stores.ts'

const tones: readonly Tone[] = ['good', 'attention', 'problem', 'info', 'plain']
const looks: readonly ButtonLook[] = ['primary', 'plain', 'hero', 'ghost', 'danger', 'destroy']
const sizes: readonly ButtonSize[] = ['small', 'medium', 'large']
const switchLooks: readonly SwitchLook[] = ['on', 'held', 'off']
const moods: readonly TreeMood[] = ['awake', 'asleep', 'bare']

/** Every component in its states. For those who build the interface: not translated. */
export function ComponentsPage({ catalogue }: { catalogue: LoadedCatalogue }) {
  const [stores] = useState(() => fixtureStores({ connection: { kind: 'connecting' } }))
  return (
    <LanguageProvider language={catalogue.language} wanted={['en-GB', 'ar']} timeZone="UTC" initial={catalogue}>
      <StoresProvider stores={stores}>
        <main className="mx-auto flex max-w-4xl flex-col gap-4 p-6">
          <h1 className="text-h1">{'Components'}</h1>
          <Buttons />
          <Words />
          <Figures />
          <Forms />
          <Waiting />
          <Trees />
        </main>
        <Toasts />
      </StoresProvider>
    </LanguageProvider>
  )
}

function Row({ children }: { children: ReactNode }) {
  return <div className="mt-3 flex flex-wrap items-center gap-3">{children}</div>
}

function Buttons() {
  return (
    <Card title="Buttons and switches">
      {looks.map((look) => (
        <Row key={look}>
          {sizes.map((size) => <Button key={size} look={look} size={size} icon={RotateCw}>{`${look} ${size}`}</Button>)}
          <Button look={look} busy>{'busy'}</Button>
          <Button look={look} isDisabled>{'disabled'}</Button>
        </Row>
      ))}
      <Row>
        <IconButton icon={Plus} label="Add" look="plain" />
        <LinkButton href="?" icon={Plus}>{'A link'}</LinkButton>
        {switchLooks.map((look) => <Switch key={look} look={look} size="big" label={look} onChange={() => undefined} />)}
        {switchLooks.map((look) => <Switch key={look} look={look} label={`small ${look}`} onChange={() => undefined} />)}
        <Switch look="on" busy label="busy" onChange={() => undefined} />
      </Row>
    </Card>
  )
}

function Words() {
  return (
    <Card title="Words">
      <Row>{tones.map((tone) => <Badge key={tone} tone={tone} dot>{tone}</Badge>)}</Row>
      <div className="mt-3 flex flex-col gap-2">{tones.map((tone) => <Callout key={tone} tone={tone} icon={CircleAlert} action={<Button size="small">{'Do it'}</Button>}>{`A ${tone} sentence that says what happened and what to do.`}</Callout>)}</div>
      <div className="mt-3"><Problem error={{ code: 'E_NO_PROVIDER', message: 'Nobody offers this size under $5.', next: 'Raise the price or make it smaller.' }} onRetry={() => undefined} /></div>
      <Row><Outside text={'a name that turns \u202Eround <b>and</b> goes on and on and on and on and on and on'} maxLength={50} /></Row>
      <Row><Outside code text="127.0.0.1:40080" /></Row>
      <Command text="sudo apt-get install docker.io" />
      <Row><Steps steps={['App', 'Hosts', 'Review']} current={1} /></Row>
    </Card>
  )
}

function Figures() {
  const bars = [30, 60, 45, 0, 100, 72, 88].map((percent, index) => ({ day: `${index + 18} June`, amount: `$0.${percent}`, percent }))
  return (
    <Card title="Figures" end={<Legend entries={[{ kind: 'guests', name: 'Guests' }, { kind: 'limit', name: 'Your limit' }, { kind: 'you', name: 'You' }]} />}>
      <div className="room-grid mt-4">
        <RoomBar icon={Cpu} name="Some" room={{ guests: 34, limit: 50, you: 19, total: 100 }} spoken="guests 34%, limit 50%, you 19%">{'34%'}</RoomBar>
        <RoomBar icon={Cpu} name="Full" room={{ guests: 60, limit: 60, you: 40, total: 100 }} spoken="guests 60%, limit 60%, you 40%">{'60%'}</RoomBar>
        <RoomBar icon={Cpu} name="None" room={{ guests: 0, limit: 0, you: 0, total: 0 }} spoken="nothing">{'0%'}</RoomBar>
      </div>
      <div className="mt-4 flex flex-col gap-3">
        <Progress percent={52} label="Budget" spoken="52%" />
        <Progress percent={96} label="Budget nearly used" spoken="96%" />
        <DayBars bars={bars} summary="Last 7 days: $3.95. Best day 22 June, $0.100." />
      </div>
      <KeyValues><KeyValue name="Each copy">{'1 core, 2 GB'}</KeyValue><KeyValue name="Copies">{'2'}</KeyValue></KeyValues>
    </Card>
  )
}

function Forms() {
  const [text, setText] = useState('')
  const [segment, setSegment] = useState<'one' | 'two' | 'three'>('one')
  const [asking, setAsking] = useState(false)
  const { notices } = useStores()
  return (
    <Card title="Forms and questions">
      <div className="grid-two mt-3">
        <Field label="A field" value={text} onChange={setText} hint="A hint." placeholder="Empty" />
        <Field label="A field that is wrong" value="five" onChange={() => undefined} error="Write an amount such as 5 or 2.50." />
      </div>
      <Row><Segments label="One of a few" chosen={segment} onChoose={setSegment} segments={[{ id: 'one', label: 'One' }, { id: 'two', label: 'Two' }, { id: 'three', label: 'Three' }]} /></Row>
      <Row>
        <Button look="danger" onPress={() => setAsking(true)}>{'Ask'}</Button>
        <Button onPress={() => notices.show({ topic: null, tone: 'info', text: 'Sharing is off.', action: { label: 'Undo', run: () => undefined } })}>{'Notice'}</Button>
        <Button onPress={() => notices.show({ topic: null, tone: 'problem', text: 'That did not work.', action: null })}>{'Problem'}</Button>
      </Row>
      <Confirm isOpen={asking} title="Remove it?" action="Remove" onConfirm={() => setAsking(false)} onClose={() => setAsking(false)}>{'Everything it stored is deleted for good.'}</Confirm>
    </Card>
  )
}

function Waiting() {
  return (
    <Card title="Empty and loading">
      <EmptyState title="Nothing here yet" action={<Button look="primary">{'Begin'}</Button>}>{'Why it is empty, and what can be done.'}</EmptyState>
      <LoadingLines lines={3} />
    </Card>
  )
}

function Trees() {
  return (
    <Card title="The tree">
      <div className="mt-3 grid grid-cols-3 gap-4">
        {moods.map((mood) => <Tree key={mood} guests={3} mood={mood} className="tree-quiet w-full" />)}
        {[0, 1, 5].map((guests) => <Tree key={guests} guests={guests} mood="awake" className="tree-quiet w-full" />)}
      </div>
    </Card>
  )
}
