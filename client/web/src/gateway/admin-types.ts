// What the gateway tells its administrators. Times are RFC 3339, amounts decimal strings of planck.

import type { Schemas } from "./schemas";

/** A part that the gateway depends on. */
export type PartState = Schemas["PartState"];
/** A disk that the gateway writes to. */
export type DiskView = Schemas["DiskView"];
/** A number of something that there is at this moment. */
export type Figure = Schemas["Figure"];
export type AdminStatus = Schemas["AdminStatus"];
/** A stream that is being published. */
export type PublisherView = Schemas["PublisherView"];
export type BlockKind = Schemas["BlockKind"];
export type BlockView = Schemas["BlockView"];
export type GrantedRole = Schemas["GrantedRole"];
/** A person with a role. */
export type RoleView = Schemas["RoleView"];
/** A code with which one person becomes a creator: a secret. */
export type Invitation = Schemas["Invitation"];
/** Terms at which streams are served. */
export type PublishingTerms = Schemas["PublishingTerms"];
