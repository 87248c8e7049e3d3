import { LanguageProvider } from '../i18n/Language.tsx'
import type { LoadedCatalogue } from '../i18n/Language.tsx'
import { SignIn } from '../shell/SignIn.tsx'

export function SignInStory({ catalogue, refused }: { catalogue: LoadedCatalogue; refused: boolean }) {
  return (
    <LanguageProvider language={catalogue.language} wanted={['en-GB', 'ar']} timeZone="UTC" initial={catalogue}>
      <SignIn host="127.0.0.1:4173" refused={refused} onToken={() => undefined} />
    </LanguageProvider>
  )
}
