import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { useStore } from 'zustand'
import { Page, PageHead } from '../../../components/Page.tsx'
import { Steps } from '../../../components/Steps.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { AppStep } from './AppStep.tsx'
import { HostsStep } from './HostsStep.tsx'
import { ReviewStep } from './ReviewStep.tsx'

const steps = ['app', 'hosts', 'review'] as const
type Step = (typeof steps)[number]

function isStep(value: string): value is Step {
  return steps.some((step) => step === value)
}

/** A new app in three steps. Going back loses nothing: the draft lives with the page. */
export function NewAppPage({ step: wanted }: { step: string }) {
  const f = useFormat()
  const { draft } = useStores()
  const [, navigate] = useLocation()
  const ready = useStore(draft.store, ({ validation }) => validation.kind === 'checked' && validation.report.ok)
  const step = isStep(wanted) ? wanted : 'app'

  // Without a file that can run there is nothing to ask hosts about: a stale address begins at the beginning.
  useEffect(() => {
    if (step !== 'app' && !ready) navigate('/apps/new/app', { replace: true })
  }, [step, ready, navigate])

  return (
    <Page title={f.t('new.title')}>
      <PageHead title={f.t('new.title')} back={{ href: '#/apps', label: f.t('apps.title') }}
        end={<Steps current={steps.indexOf(step)} steps={[f.t('new.step.app'), f.t('new.step.hosts'), f.t('new.step.review')]} />} />
      {step === 'app' && <AppStep onNext={() => navigate('/apps/new/hosts')} />}
      {step === 'hosts' && ready && <HostsStep onBack={() => navigate('/apps/new/app')} onNext={() => navigate('/apps/new/review')} />}
      {step === 'review' && ready && <ReviewStep onBack={() => navigate('/apps/new/hosts')} onDone={(name) => navigate(`/apps/${encodeURIComponent(name)}`)} />}
    </Page>
  )
}
