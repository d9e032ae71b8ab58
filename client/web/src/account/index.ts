// The account layer: who is signed in, and signing in with as few prompts as possible.

export {
  ensureSignedIn,
  isEnough,
  isSignedIn,
  me,
  type SignInNeed,
  type SignInQuestion,
  signInQuestion,
  signInQuietly,
  signOut,
  startAccount,
} from "./account";
export { type SigningWay, signInByWallet } from "./by-wallet";
export { signProfile } from "./profile-message";
