// Generated from openapi.json by `npm run generate:api`. Do not edit.

export interface paths {
    "/v1/admin/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists everything that is blocked, by kind and value. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BlockView"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/blocks/{kind}/{value}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Blocks an account, a network or a word, or changes the note of one that is blocked. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: components["schemas"]["BlockKind"];
                    /** @description The account, network or word, percent-encoded. */
                    value: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewBlock"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes an account, a network or a word off its list. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    kind: components["schemas"]["BlockKind"];
                    value: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a code with which one person becomes a creator within 14 days. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Invitation"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the roles that administrators have granted. Administrators themselves are named in the settings file. */
        get: {
            parameters: {
                query?: {
                    /** @description Only this role. */
                    role?: "moderator" | "creator";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RoleView"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/people/{account}/roles/{role}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Grants a role. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    account: string;
                    role: components["schemas"]["GrantedRole"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Revokes a role. A creator's streams stay. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    account: string;
                    role: components["schemas"]["GrantedRole"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/publishers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists who publishes at this moment, by the numbers of the streams. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublisherView"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the state of the gateway and of everything that it depends on. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdminStatus"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/streams/{id}/cut-off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cuts a stream off: its broadcast and its sessions end, it can no longer be published here, and nothing of it is given out.
         *     Its creator reads the reason, and can appeal.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CutOff"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Lifts every decision that cuts a stream off. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the terms at which streams are served, without the lowest price of the chain. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublishingTerms"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sets the terms at which streams are served. They take the place of those of the settings file, also after a restart. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PublishingTerms"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublishingTerms"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Returns a message to sign in order to sign in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewChallenge"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Challenge"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Renews a sign-in with the cookie, which is replaced. A cookie that was used before ends the sign-in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInAnswer"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in with a signed message. The refresh token is in a cookie. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignedChallenge"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInAnswer"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-ins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the person's sign-ins, the one that was used last first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInView"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Ends all sign-ins of the person but the one that asks. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-ins/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends one of the person's sign-ins. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the sign-in of the cookie or of the access token. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the heights of the chain and of the index. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChainStatus"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the highest claim of each session of which something is not settled for good. At most two seconds old. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_ClaimView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/comments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deletes a comment: its author, the stream's creator with the wallet, or a moderator of this gateway. One with replies stays
         *     for them, without text and author.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/comments/{id}/like": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Likes a comment. Liking it again changes nothing. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes the like of a comment back. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/comments/{id}/replies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the replies in the thread of a comment, the first first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_CommentView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/creators/{account}/audience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who watched an account's streams at this gateway: viewers, previews, and how many of those went on to pay. */
        get: {
            parameters: {
                query?: {
                    from?: number;
                    to?: number;
                    by?: "minute" | "hour" | "day";
                    /**
                     * @description IANA name of the time zone whose days and hours are the buckets. Their beginnings are written with its offset, so that they
                     *     begin with the day in the zone. Without it, days are those of UTC.
                     */
                    tz?: string;
                };
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AudienceHistory"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/creators/{account}/earnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what an account earned in a range of time, and what it may be paid out. */
        get: {
            parameters: {
                query?: {
                    from?: number;
                    to?: number;
                    by?: "minute" | "hour" | "day";
                    /**
                     * @description IANA name of the time zone whose days and hours are the buckets. Their beginnings are written with its offset, so that they
                     *     begin with the day in the zone. Without it, days are those of UTC.
                     */
                    tz?: string;
                };
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Earnings"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{id}/appeal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Appeals against a decision, once. A moderator answers. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewAppeal"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/gateway": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the gateway's account, addresses and terms. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GatewayInfo"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stores a picture: the body is the file. Anybody who is signed in may, within the limit of an account. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            /** @description A JPEG, PNG, WebP or GIF of at most 10 MiB and 40 million pixels. */
            requestBody?: {
                content: {
                    "image/*": unknown;
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImageView"];
                    };
                };
                /** @description `signed-out` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout` */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the account has as many pictures as it may. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `picture-refused`: the detail says why. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway is busy, or has no room. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/remote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leads to the picture that a stream's metadata names, which is fetched the first time. */
        get: {
            parameters: {
                query: {
                    /** @description Number of the stream. */
                    stream: string;
                    /** @description Width in pixels, as of any picture. */
                    width?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Where the picture is. */
                302: {
                    headers: {
                        /** @description Path at this gateway. */
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream names no picture, or it cannot be fetched. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway is fetching others. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a picture, as WebP to browsers that accept it. */
        get: {
            parameters: {
                query?: {
                    /** @description Width in pixels; the narrowest picture that is enough is given. 640 without it. */
                    width?: number;
                };
                header?: never;
                path: {
                    hash: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/webp": unknown;
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The picture is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the jobs of a stream, the newest first. */
        get: {
            parameters: {
                query: {
                    /** @description Number of the stream. */
                    stream: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a job. Its id, of 128 random bits, is known to its creator: no sign-in is needed, so that a page can follow it
         *     without asking the wallet.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Cancels a job. Nothing of it is left. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leaderboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a leaderboard of at most 50 people, without those who hide from it. It is at most half a minute old. */
        get: {
            parameters: {
                query?: {
                    kind?: "tippers" | "watchers";
                    period?: "hour" | "day" | "week" | "month";
                    /** @description Only what was paid for this stream. */
                    stream?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LeaderView"][];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/likes/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Likes a stream or a public recording. Liking it again changes nothing. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `stream:7` or `recording:7:3`. */
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes a like back, also of what is not public any more. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `stream:7` or `recording:7:3`. */
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns who is signed in. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Changes the profile of the person who asks. What is absent stays as it is; an empty text removes. Recipients of a gift can set a
         *     name only.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChangeProfile"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /**
         * Deletes what the gateway keeps of the person who asks, and ends all sign-ins. Streams, payments and tips are on the chain and
         *     stay, as do reports and decisions of moderators.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DeleteMe"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/continue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists recordings that the person has begun and not watched to the end, the last first. */
        get: {
            parameters: {
                query?: {
                    /** @description Maximum number of items, at most 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HistoryItem"][];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the last hundred decisions that concern the person who asks, the newest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MyDecision"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns everything that the gateway keeps of the person who asks, as a file. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PersonalExport"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/followers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists who follows the person, the last first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_FollowView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/following": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists whom the person follows, the last first, with their streams that are on air at this gateway. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_FollowView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what the person has watched, the last first. What can no longer be found is left out. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_HistoryItem"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes everything that is kept of what the person has watched. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/history/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a stream or a recording from what the person has watched. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the person who asks a creator, by the code of an invitation. A code can be used once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Redemption"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the person's mail address. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sets the person's mail address, and sends a code to it. Nothing else is sent there before the code has come back. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMail"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes the person's mail address. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/mail/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Verifies the person's mail address with the code that was sent to it. Five codes can be tried. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VerifyMail"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the person's notices, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Notice"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notices/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Marks the person's notices up to one as read. Returns how many are unread then. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReadNotices"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UnreadNotices"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notices/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the person is told of, and on which ways. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticeSettings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Replaces what the person is told of, and on which ways. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NoticeSettings"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticeSettings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Notes how far the person has watched. Nothing is kept for those who have chosen so. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProgressReport"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/progress/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns how far the person has watched something. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProgressView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Turns on push messages in a browser. A person has them in ten browsers at most; the oldest goes. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PushSubscription"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Turns off push messages in a browser. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndPush"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the settlements of all sessions of the person, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_PersonReceipt"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/recommended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recommends streams of the creators whom the person follows, and of the categories that the person watches: those on air first. */
        get: {
            parameters: {
                query?: {
                    /** @description Maximum number of items, at most 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamView"][];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Announces a broadcast. A creator can have 100 entries that have not begun. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewScheduleEntry"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ScheduleEntry"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/schedule/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes an entry of the person's own schedule. Nobody is reminded of it then. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/spending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the person has spent, by day, month or creator. */
        get: {
            parameters: {
                query?: {
                    by?: "day" | "month" | "creator";
                    /** @description Beginning: RFC 3339, or milliseconds since the Unix epoch. Days and months that overlap the range are whole. */
                    since?: string;
                    /** @description End; now if it is absent. */
                    until?: string;
                    /** @description IANA name of the time zone that decides where days begin; `UTC` if it is absent. */
                    tz?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Spending"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/spending.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the person has spent as CSV, with the titles of the streams. */
        get: {
            parameters: {
                query?: {
                    by?: "day" | "month" | "creator";
                    /** @description Beginning: RFC 3339, or milliseconds since the Unix epoch. Days and months that overlap the range are whole. */
                    since?: string;
                    /** @description End; now if it is absent. */
                    until?: string;
                    /** @description IANA name of the time zone that decides where days begin; `UTC` if it is absent. */
                    tz?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/statement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the person earned on the days of a month. Needs the account's own key. */
        get: {
            parameters: {
                query: {
                    /** @description The month: `2026-11`. */
                    month: string;
                    /** @description IANA name of the time zone that decides where days begin; `UTC` if it is absent. */
                    tz?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Statement"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/statement.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the person earned on the days of a month as CSV. Needs the account's own key. */
        get: {
            parameters: {
                query: {
                    /** @description The month: `2026-11`. */
                    month: string;
                    /** @description IANA name of the time zone that decides where days begin; `UTC` if it is absent. */
                    tz?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/tips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists tips that the person gave, or that streams of the person received, the newest first. */
        get: {
            parameters: {
                query?: {
                    direction?: "given" | "received";
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_TipView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/appeals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists appeals: those that wait, the oldest first, or the answered ones, the newest first. */
        get: {
            parameters: {
                query?: {
                    state?: "open" | "closed";
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Maximum number of items on the page, at most 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AppealView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/appeals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers an appeal. A decision that is not upheld is lifted: what it hid or cut off is given out again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AppealAnswer"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what moderators and administrators have done, the last first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AuditEntry"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists reports: the open ones, the oldest first, or the closed ones, the newest first. */
        get: {
            parameters: {
                query?: {
                    state?: "open" | "closed";
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Maximum number of items on the page, at most 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_ReportView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/reports/{id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decides about the subject of a report, and closes all open reports of it. Whom it concerns reads the note, and can appeal. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewDecision"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecisionView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/reports/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds a note on the subject of a report, for the moderators. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewNote"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{account}/feed.xml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the last 50 public recordings of a creator as RSS 2.0. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/rss+xml": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{account}/follow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Follows a person. Following somebody again changes nothing. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Stops following a person. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{account}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what a creator has announced and is not over, in order of time. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ScheduleEntry"][];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{who}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the profile of an account or of a handle, which may have `@` before it. An account without a profile has an empty one. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    who: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PersonView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns random bytes, to measure the bandwidth with. */
        get: {
            parameters: {
                query?: {
                    /** @description Number of bytes, at most 1048576. */
                    bytes?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/publish/{stream}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Accepts a segment, an initialisation segment or a playlist of an encoder's HLS or CMAF. */
        put: {
            parameters: {
                query?: {
                    /** @description The publish key, for encoders that cannot set headers. */
                    key?: string | null;
                };
                header?: never;
                path: {
                    stream: number;
                    /** @description Name of the file, which may contain slashes. */
                    name: string;
                };
                cookie?: never;
            };
            /** @description The file, of any media type. */
            requestBody?: {
                content: {
                    "application/octet-stream": unknown;
                };
            };
            responses: {
                /** @description The file is a part of the broadcast. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The file waits for those before it. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The file is not needed, or was there before. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key, or the stream has ended or is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout` */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the publisher cannot begin at this moment. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: the file is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: the file is not what a broadcast can be made of. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway is busy. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Accepts a file as `PUT` does, for encoders that post. */
        post: {
            parameters: {
                query?: {
                    /** @description The publish key, for encoders that cannot set headers. */
                    key?: string | null;
                };
                header?: never;
                path: {
                    stream: number;
                    /** @description Name of the file, which may contain slashes. */
                    name: string;
                };
                cookie?: never;
            };
            /** @description The file, of any media type. */
            requestBody?: {
                content: {
                    "application/octet-stream": unknown;
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Answers encoders that delete what has left their playlist. Nothing of theirs is kept here. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    stream: number;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/push/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the key with which browsers subscribe to push messages of this gateway. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PushKey"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reactions/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the counts of a stream or a public recording. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `stream:7` or `recording:7:3`. */
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reactions"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists public recordings of all streams, the last first. */
        get: {
            parameters: {
                query?: {
                    /** @description Words that must all occur in title or description, or in the texts of the stream. */
                    q?: string;
                    /** @description Only recordings of this stream. */
                    stream?: number;
                    /** @description Only recordings of this creator's streams. */
                    creator?: string;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Maximum number of items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_RecordingView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/related/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists streams and recordings that are like a stream or a recording: of the same creator, the same category, with the same tags. */
        get: {
            parameters: {
                query?: {
                    /** @description Maximum number of items, at most 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Related"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reports something to the moderators of this gateway. A person can have one open report of a subject, and ten in all. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReport"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportReceipt"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedule/{id}/reminder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Has the person reminded of an entry before it begins. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Has the person not reminded of an entry any more. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Finds streams, recordings and people. If nothing has all of the words, similar ones are tried, and `corrected` has them. */
        get: {
            parameters: {
                query?: {
                    /** @description Words that must all occur, at most ten. The last one may be the beginning of a word. */
                    q?: string;
                    /** @description Only results of this kind. */
                    kind?: "stream" | "recording" | "person";
                    /** @description `true` for streams on air at this gateway only, `false` for all else. */
                    live?: boolean;
                    /** @description Only this category. */
                    category?: string;
                    /** @description Only this language, after BCP 47; `de` finds `de-AT` as well. */
                    language?: string;
                    /** @description Only streams and recordings of this creator, and the creator. */
                    creator?: string;
                    /** @description Lowest price of a tick, in planck. */
                    min_price?: string;
                    /** @description Highest price of a tick, in planck. */
                    max_price?: string;
                    /** @description Shortest length in seconds. */
                    min_s?: number;
                    /** @description Greatest length in seconds. */
                    max_s?: number;
                    /** @description Earliest time of publication, or of the last broadcast: RFC 3339, or milliseconds since the Unix epoch. */
                    since?: string;
                    /** @description Latest time. */
                    until?: string;
                    sort?: "relevance" | "newest" | "viewers" | "price" | "length";
                    /** @description Maximum number of results on the page, at most 100. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SearchAnswer"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns titles, tags and names that begin with a text. */
        get: {
            parameters: {
                query?: {
                    /** @description Beginning of a title, a tag or a name. */
                    q?: string;
                    /** @description Maximum number of suggestions, at most 20. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SearchSuggestions"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Offers a ticket: the session is opened on chain, and its first ticks are on credit until then. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OfferTicket"];
                };
            };
            responses: {
                /** @description the same ticket was offered before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description the session is new */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a session: its phase, its terms and its tick counts. A session not held here is read from the index. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a session: revealed ticks are settled, then the session is closed on chain and the rest of the reserve refunded.
         *     Requires the session's token, or a new tick.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the settlements of a session, as finalized blocks have them. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Receipt"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/ticks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reveals ticks without asking for a key. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Advance"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Paid"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists streams. */
        get: {
            parameters: {
                query?: {
                    /** @description Words that must all occur in title, description, category or tags. */
                    q?: string;
                    /** @description `true` for streams on air at this gateway only, `false` for all others only. */
                    live?: boolean;
                    /** @description Only streams of this category. */
                    category?: string;
                    /** @description Only streams of this creator. Ended and suspended ones are listed too; without this, they are not. */
                    creator?: string;
                    /** @description Lowest price of a tick, in planck. */
                    min_price?: string;
                    /** @description Highest price of a tick, in planck. */
                    max_price?: string;
                    sort?: "newest" | "price" | "viewers" | "earned";
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Maximum number of items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_StreamView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns one stream, whatever its status. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/bought": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the keys of a stream that a viewer has bought, by a session of the viewer (`Authorization: Payment`, with its token) or
         *     by the signature of a session key.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BoughtKeys"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/captions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the captions of a stream on air. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaptionsView"][];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/captions/{language}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Adds cues to the captions of a stream on air. The creator signs in. A repeated request adds nothing. */
        put: {
            parameters: {
                query?: {
                    /** @description Name that viewers read; without it, the language. */
                    label?: string;
                    /** @description Whether players show these captions unless the viewer chooses otherwise. */
                    default?: boolean;
                    /** @description For streams on air, what times count from: `beginning`, which is the default, `now`, or milliseconds since 1970. */
                    from?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description A tag like `pt-BR`. */
                    language: string;
                };
                cookie?: never;
            };
            /** @description WebVTT of at most 2 MiB. */
            requestBody: {
                content: {
                    "text/vtt": string;
                };
            };
            responses: {
                /** @description The cues are added. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: a language, a label or a time that is not allowed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `signed-out` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: too many captions, or in too many languages. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `captions-invalid`: the detail names the line. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes captions of a stream on air. The creator signs in. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    language: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The captions are deleted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `signed-out` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here, or has no such captions. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Opens the chat of a stream: a request with `Upgrade: websocket` is answered with a WebSocket, others with messages, the newest
         *     first.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only messages before this one. */
                    before?: string;
                    /** @description Number of messages, at most 200. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A WebSocket; the manual's page on chat has its messages. */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_ChatMessage"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/chat/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Writes a message, deletes one, or moderates: what the socket takes. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChatAction"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChatDone"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/chat/bans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists bans and time-outs that are in force, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_ChatBanView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/chat/moderators/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Names a moderator of a stream's chat. For its creator and the gateway's moderators. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes the right to moderate a stream's chat from a person. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/chat/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the settings of a stream's chat, for its creator and its moderators. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChatSettings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Changes the settings of a stream's chat. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChangeChatSettings"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChatSettings"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/clips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a clip of 5 to 120 s, which is a recording of its own.
         * @description The creator signs in. Where the creator lets viewers make clips (the setting `clips`), a viewer can as well, of what
         *     the viewer has bought; such a clip is unlisted and costs ticks.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewClip"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the health of the incoming stream. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IngestHealth"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/c/{name}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the text of captions for a segment of a stream on air, encrypted as the segment is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    name: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The text is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/dvr/c/{name}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the text of captions for a segment, encrypted as the segment is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    name: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The text is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/dvr/{playlist}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a playlist that reaches back to the beginning of the broadcast, or as far as its creator allows. */
        get: {
            parameters: {
                query?: {
                    /** @description `YES` or `v2`: the player has an earlier version of the playlist. */
                    _HLS_skip?: string;
                    /** @description Session and token, for players that cannot set headers. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description `master.m3u8`, or a playlist that it names. */
                    playlist: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description The playlist is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: nothing is on air, or viewers cannot go back in it. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/v/{rendition}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns an initialisation, a segment or a part of a segment of the broadcast on air: encrypted, and the same for everybody. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    rendition: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/iso.segment": unknown;
                        "video/mp4": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Media does not change. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: the part is too far ahead. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `preview-over` or `network-preview-over`: of the clear preview only. */
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the part was not complete in time. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/{playlist}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a playlist of the broadcast on air. */
        get: {
            parameters: {
                query?: {
                    /** @description The answer waits for the segment with this number. */
                    _HLS_msn?: number;
                    /** @description The answer waits for this part of the segment. */
                    _HLS_part?: number;
                    /** @description `YES` or `v2`: the player has an earlier version of the playlist. */
                    _HLS_skip?: string;
                    /** @description Session and token, for players that cannot set headers. */
                    token?: string;
                    /** @description With any value, playlists that reach back are meant. */
                    dvr?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description `master.m3u8`, or a playlist that it names. */
                    playlist: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description The playlist is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description With `dvr`: where the playlist that reaches back is. */
                307: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: what is waited for is too far ahead. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here, or has no such playlist. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: nothing is packaged yet, or nothing new has arrived. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/keys/bought": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives keys again that a viewer has bought, by the signature of a session key: 16 bytes each, in order of their indices. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BoughtKeysRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/keys/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Gives keys, for ticks or within a preview: 16 bytes each, in order of their indices.
         * @description `Authorization: Payment session="0x…", ticks=…, proof="0x…"` reveals a tick, and the same with `token="…"` buys for ticks that
         *     are revealed already. Without it, the keys are counted with the preview of the device, which is known by a cookie.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Number of keys that follow each other, from 1 to 64. One without it. */
                    count?: number;
                    /** @description Session and token, for players that cannot set headers: `{session}.{token}`. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description Index of the first key. */
                    index: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The keys. */
                200: {
                    headers: {
                        /** @description Ticks for which keys were given; if ticks were paid. */
                        "X-Vilokanam-Charged-Ticks"?: number;
                        /** @description Free ticks of the device; within a preview. */
                        "X-Vilokanam-Preview-Ticks-Left"?: number;
                        /** @description Highest tick that the viewer has revealed; if ticks were paid. */
                        "X-Vilokanam-Revealed-Ticks"?: number;
                        /** @description The session's token, after a new tick or a repeated first one. */
                        "X-Vilokanam-Token"?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                /** @description `bad-request`: too many keys at once, or a payment that cannot be read. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A payment is required; the code says why, and what to do. */
                402: {
                    headers: {
                        /** @description What is to be paid, after the `Payment` scheme. */
                        "WWW-Authenticate"?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream has no such key at this gateway. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-hosted` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** Answers a request for the headers alone: whether the keys exist. It gives no key, and so costs nothing. */
        head: {
            parameters: {
                query?: {
                    /** @description Number of keys that follow each other, from 1 to 64. One without it. */
                    count?: number;
                    /** @description Session and token, for players that cannot set headers: `{session}.{token}`. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description Index of the first key. */
                    index: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The keys exist. */
                200: {
                    headers: {
                        /** @description 16 for each key. */
                        "Content-Length"?: number;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: too many keys at once. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream has no such key at this gateway. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/publish-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the stream's publish keys, without their secrets. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublishKeyInfo"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Creates a publish key. Its secret is in this answer only.
         * @description A stream below the gateway's lowest price or share gets none, since no session of it would be accepted here.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewPublishKey"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/publish-keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a publish key and cuts off a publisher that uses it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns how viewers experienced the playback of a stream and its recordings, by time. */
        get: {
            parameters: {
                query?: {
                    from?: number;
                    to?: number;
                    by?: "minute" | "hour" | "day";
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QualityHistory"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Takes a player's report. A device without the gateway's cookie receives one, and counts from its next report on. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QualityReport"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the recordings of a stream, the last first. The creator, signed in, sees all of them. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_RecordingView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns one recording of a stream. The creator, signed in, sees also those that are private or in work. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The `reference` of the recording: its number; for an unlisted one `{number}-{token}`, unless its creator asks. */
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a recording. Its playlists, media and keys are refused from now on, and its files are removed within minutes. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    number: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Describes a recording. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    number: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RecordingPatch"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/c/{name}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the text of captions for a segment of a recording, encrypted as the segment is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    name: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The text is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/captions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the captions of a recording. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaptionsView"][];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/captions/{language}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Stores captions of a recording, in place of those in the same language. The creator signs in. */
        put: {
            parameters: {
                query?: {
                    /** @description Name that viewers read; without it, the language. */
                    label?: string;
                    /** @description Whether players show these captions unless the viewer chooses otherwise. */
                    default?: boolean;
                    /** @description For streams on air, what times count from: `beginning`, which is the default, `now`, or milliseconds since 1970. */
                    from?: string;
                };
                header?: never;
                path: {
                    id: number;
                    number: number;
                    /** @description A tag like `pt-BR`. */
                    language: string;
                };
                cookie?: never;
            };
            /** @description WebVTT of at most 2 MiB. */
            requestBody: {
                content: {
                    "text/vtt": string;
                };
            };
            responses: {
                /** @description The captions are stored. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: a language or a label that is not allowed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `signed-out` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: captions in too many languages. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `captions-invalid`: the detail names the line. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes captions of a recording. The creator signs in. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    number: number;
                    language: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The captions are deleted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `signed-out` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording, or no captions in this language. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the chat of a recorded broadcast, or of a clip of one, with the places of the messages. */
        get: {
            parameters: {
                query?: {
                    /** @description Place in the recording from which messages are wanted, in milliseconds. */
                    from_ms?: number;
                    /** @description Place before which messages are wanted; the end of the recording without it. */
                    to_ms?: number;
                    /** @description Number of messages, at most 200. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChatReplay"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the comments on a recording, without replies. Unlisted recordings are named by their number as well. */
        get: {
            parameters: {
                query?: {
                    sort?: "newest" | "top";
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Maximum number of items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                    number: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_CommentView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Writes a comment on a recording, or a reply to one. A person can write ten a minute. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    number: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewComment"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CommentView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sends a recording as fragmented MP4, to viewers who have bought all of it, and to its creator.
         * @description The creator signs in. Viewers prove what they have bought as for the keys: by a session and its token, or by the
         *     signature of a session key.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Name of the rendition; without it, the best. */
                    rendition?: string;
                    /** @description Session and token of the viewer, for browsers that cannot set headers: `{session}.{token}`. */
                    session?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file, from time 0 on. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": unknown;
                    };
                };
                /** @description `unsigned`: nothing says whose purchases are meant. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-bought`: the viewer has not bought all of it. */
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording or rendition. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: too many downloads, in all or of the network. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/sprites/{sheet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a sheet of pictures of a recording's storyboard. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    /** @description `0.jpg` and so on. */
                    sheet: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The sheet is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/v/{rendition}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns an initialisation or a segment of a recording: encrypted, and the same for everybody. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    rendition: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/iso.segment": unknown;
                        "video/mp4": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Media does not change. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/{playlist}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a playlist of a recording, or its storyboard. */
        get: {
            parameters: {
                query?: {
                    /** @description Session and token, for players that cannot set headers. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    /** @description `master.m3u8`, a playlist that it names, or `storyboard.vtt`. */
                    playlist: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": string;
                        "text/vtt; charset=utf-8": string;
                    };
                };
                /** @description The playlist is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions that paid most for a stream. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionRecord"][];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the creator has set for a stream. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamSettings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes settings of a stream, as a JSON merge patch: `null` takes a setting back. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StreamSettings"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamSettings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/streams/{id}/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the source from which the stream is pulled. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PulledSource"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Sets the URL from which the gateway pulls the stream's video, and begins to pull it.
         * @description HLS, RTMP, RTSP and SRT are pulled, from public addresses only. What fails later is in the stream's health.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetSource"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PulledSource"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Stops pulling the stream. Its broadcast waits for a publisher. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/sprites/{sheet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a sheet of pictures of the storyboard.
         * @description Sheets are cached briefly: a growing one changes with each thumbnail, and a name is the same in every broadcast.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description `0.jpg` and so on. */
                    sheet: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The sheet is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/srt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Opens an SRT listener for the stream, on a port of its own, with the publish key as the passphrase. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OpenSrt"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SrtListener"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Closes the SRT listener of the stream and cuts off its publisher. Requires the publish key as uploads do. */
        delete: {
            parameters: {
                query?: {
                    /** @description The publish key, for encoders that cannot set headers. */
                    key?: string | null;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/storyboard.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the storyboard of the broadcast on air: times, and where their pictures are in the sheets. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": string;
                    };
                };
                /** @description The storyboard is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the newest picture of the broadcast on air. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The picture is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/whip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a session of WebRTC (WHIP, RFC 9725): answers an offer. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            /** @description The offer, of at most 64 KiB. */
            requestBody: {
                content: {
                    "application/sdp": string;
                };
            };
            responses: {
                /** @description The answer. */
                201: {
                    headers: {
                        /** @description Names the session. */
                        ETag?: string;
                        /** @description Address of the session. */
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/sdp": string;
                    };
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key, or the stream has ended or is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout` */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the publisher cannot begin at this moment. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsupported-media-type` */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: the offer cannot be answered; the detail says why. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: no place is free, or the gateway takes no WHIP. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/whip/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session of WebRTC and its broadcast. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    session: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The session is over. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such session. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Accepts candidates that come after the offer, of which none is needed: the gateway answers where a publisher's
         *     connectivity checks come from.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    session: string;
                };
                cookie?: never;
            };
            /** @description Candidates. */
            requestBody: {
                content: {
                    "application/trickle-ice-sdpfrag": string;
                };
            };
            responses: {
                /** @description They are not needed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such session. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsupported-media-type` */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: a restart of ICE; post a new offer. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/trending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists streams on the rise: those with the largest audience and most likes of the last two days, where six hours halve the
         *     weight.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Maximum number of items, at most 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamView"][];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins an upload of a finished video, after tus 1.0. The creator signs in.
         * @description The address in the answer is a secret: the requests with the bytes need no sign-in. `OPTIONS` names the extensions that the
         *     gateway knows, and the longest upload in `Tus-Max-Size`.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                    /** @description Bytes of the file. */
                    "Upload-Length": number;
                    /** @description Keys and their values in Base64, separated by commas: `stream`, and as wanted `title`, `filename`. */
                    "Upload-Metadata": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The upload may be sent. */
                201: {
                    headers: {
                        /** @description Address of the upload. */
                        Location?: string;
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        /** @description Time at which it is removed if no bytes arrive. */
                        "Upload-Expires"?: string;
                        /** @description Id of the job that begins with its last byte. */
                        "X-Vilokanam-Job"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: a header is missing or cannot be read. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `signed-out` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such stream. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `quota-used`, or `conflict`: too many uploads or jobs, or the stream has ended. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `price-below-minimum` or `share-below-minimum` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway has no room. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{upload}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes an upload that is not complete. */
        delete: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                };
                path: {
                    upload: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The upload is gone. */
                204: {
                    headers: {
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such upload. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the upload is complete; cancel its job instead. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        /** Tells how much of an upload has arrived. */
        head: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                };
                path: {
                    upload: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The upload is known. */
                200: {
                    headers: {
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        /** @description Time at which it is removed if no bytes arrive. */
                        "Upload-Expires"?: string;
                        /** @description Bytes of the file. */
                        "Upload-Length"?: number;
                        /** @description Bytes that have arrived. */
                        "Upload-Offset"?: number;
                        /** @description Id of the job that begins with its last byte. */
                        "X-Vilokanam-Job"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such upload; begin again. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Takes bytes of an upload. The last of them begin its job.
         * @description What has arrived of a request that is cut off is kept: `HEAD` tells where to go on.
         */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                    /** @description Bytes that have arrived, as `HEAD` tells. */
                    "Upload-Offset": number;
                };
                path: {
                    upload: string;
                };
                cookie?: never;
            };
            /** @description Bytes of the file, from the offset on. */
            requestBody?: {
                content: {
                    "application/offset+octet-stream": unknown;
                };
            };
            responses: {
                /** @description The bytes are kept. */
                204: {
                    headers: {
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        /** @description Time at which it is removed if no bytes arrive. */
                        "Upload-Expires"?: string;
                        /** @description Bytes that have arrived. */
                        "Upload-Offset"?: number;
                        /** @description Id of the job that begins with its last byte. */
                        "X-Vilokanam-Job"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: no offset, or `Upload-Checksum`, which is not supported. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such upload; begin again. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout`: the request was cut off. */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: another offset than what has arrived. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large`: more bytes than announced; the upload is removed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsupported-media-type` */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `upload-busy`: another request is sending the same upload. */
                423: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway has no room. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/viewers/{account}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions of a viewer, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_SessionRecord"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description An account, as SS58 with prefix 42; hex is read as well.
         * @example 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY
         */
        Account: string;
        /** @description Answer to `GET /v1/admin/status`. */
        AdminStatus: {
            /** @description Account of the gateway. */
            account: components["schemas"]["Account"];
            /** @description Heights of the chain and of the index. */
            chain: components["schemas"]["ChainStatus"];
            /** @description Disks that the gateway writes to. */
            disks: components["schemas"]["DiskView"][];
            /** @description Numbers of what there is at this moment, by group. */
            figures: components["schemas"]["Figure"][];
            /** @description Whether the gateway is ending and takes nothing new. */
            is_draining: boolean;
            /** @description What the gateway depends on: `node`, `database`, `journal`, `disk`, and `mail` and `push` where they are set up. */
            parts: components["schemas"]["PartState"][];
            /** @description Version of the software. */
            version: string;
        };
        /** @description Body of `POST /v1/sessions/{id}/ticks`. */
        Advance: {
            /** @description Element of the tick chain that proves them: 32 bytes in hex. */
            proof: string;
            /**
             * Format: int32
             * @description Cumulative ticks revealed.
             */
            ticks: number;
        };
        /**
         * @description The word for everything.
         * @enum {string}
         */
        All: "all";
        /** @description The answer to an appeal. */
        AnswerView: {
            /** @description Time of the answer, RFC 3339. */
            at: string;
            /** @description The moderator. */
            by: components["schemas"]["PersonRef"];
            /** @description Why. */
            note: string;
            /** @description Whether the decision holds. */
            uphold: boolean;
        };
        /** @description Body of `POST /v1/moderation/appeals/{id}`. */
        AppealAnswer: {
            /** @description Why, 1 to 2,000 characters. Whom it concerns reads it. */
            note: string;
            /** @description Whether the decision holds. Otherwise it is lifted, and what it hid or cut off is given out again. */
            uphold: boolean;
        };
        /** @description An appeal, for moderators. */
        AppealView: {
            answer?: components["schemas"]["AnswerView"] | null;
            /** @description Time of the appeal, RFC 3339. */
            at: string;
            /** @description The person whom it concerns. */
            by: components["schemas"]["PersonRef"];
            /** @description The decision. */
            decision: components["schemas"]["DecisionView"];
            /**
             * Format: int64
             * @description Number of the appeal, which is that of its decision.
             */
            id: number;
            /** @description What the decision is about. */
            subject: components["schemas"]["ReportSubject"];
            /** @description What the person wrote. */
            text: string;
            /** @description What that is called, or the beginning of its text; absent if it has none or is gone. */
            title?: string | null;
        };
        /** @description Audience at this gateway in one bucket of time. */
        AudienceBucket: {
            /** @description Start of the bucket, RFC 3339. */
            from: string;
            /**
             * Format: int64
             * @description Number of sessions that paid for the first time.
             */
            paid: number;
            /**
             * Format: int64
             * @description Number of previews that began.
             */
            previewed: number;
            /**
             * Format: int32
             * @description Highest number of viewers at one time.
             */
            viewers: number;
        };
        /** @description Audience of an account's streams at this gateway. */
        AudienceHistory: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description Buckets in order of time. Those without an audience are left out. */
            buckets: components["schemas"]["AudienceBucket"][];
            /**
             * Format: int64
             * @description Number of sessions that paid for the first time in the whole range.
             */
            paid: number;
            /**
             * Format: int64
             * @description Number of previews that began in the whole range.
             */
            previewed: number;
        };
        /** @description An entry of the record of what moderators and administrators have done. Entries are never changed or deleted. */
        AuditEntry: {
            /** @description What was done, for example `decide.cut_off`, `block.word.add`, `role.moderator.grant`. */
            action: string;
            /** @description Time, RFC 3339. */
            at: string;
            /** @description Who did it. */
            by: components["schemas"]["PersonRef"];
            /**
             * Format: int64
             * @description Number of the entry.
             */
            id: number;
            /** @description What was said about it. */
            note: string;
            /** @description What it was done to: a subject of a report, a word, a network, an account; empty if nothing in particular. */
            subject: string;
        };
        /**
         * @description What a list of blocked things holds.
         * @enum {string}
         */
        BlockKind: "account" | "network" | "word";
        /** @description An entry of a list of what is blocked. */
        BlockView: {
            /** @description Since when, RFC 3339. */
            at: string;
            /** @description Who has blocked it. */
            by: components["schemas"]["PersonRef"];
            /** @description Which list. */
            kind: components["schemas"]["BlockKind"];
            /** @description Why it is blocked. */
            note: string;
            /** @description The account, network or word. */
            value: string;
        };
        /** @description A range of keys. */
        BoughtKeyRange: {
            /**
             * Format: int64
             * @description Index of the first key.
             */
            first: number;
            /**
             * Format: int64
             * @description Index of the last key.
             */
            last: number;
        };
        /** @description Keys of a stream that a viewer has bought, `GET /v1/streams/{id}/bought`. */
        BoughtKeys: {
            /** @description Ranges in ascending order, which neither overlap nor touch. */
            ranges: components["schemas"]["BoughtKeyRange"][];
        };
        /** @description Body of `POST /v1/streams/{id}/keys/bought`. The answer is 16 bytes for each key, in order of their indices. */
        BoughtKeysRequest: {
            /**
             * Format: int32
             * @description Number of keys, at most [`MAX_KEYS`].
             */
            count: number;
            /**
             * Format: int64
             * @description Index of the first key.
             */
            first: number;
            /** @description Session key of that account, or the account itself. */
            session_key: components["schemas"]["Account"];
            /** @description Signature of [`message`] by `session_key`: a SCALE-encoded `MultiSignature` in hex. */
            signature: string;
            /**
             * Format: int64
             * @description Time of signing in milliseconds since the Unix epoch.
             */
            time_ms: number;
            /** @description Account that paid. */
            viewer: components["schemas"]["Account"];
        };
        /** @description Captions of a stream on air or of a recording, in one language. */
        CaptionsView: {
            /** @description Whether players show them unless the viewer chooses otherwise. */
            is_default: boolean;
            /** @description Name that viewers read. */
            label: string;
            /** @description Language after BCP 47; absent for captions that came with the video. */
            language?: string | null;
            /** @description Path of their media playlist (HLS) at this gateway. */
            url: string;
        };
        /** @description Answer to `GET /v1/chain`: heights of the chain and of the index. */
        ChainStatus: {
            /**
             * Format: int32
             * @description Number of the best block.
             */
            best_block: number;
            /**
             * Format: int32
             * @description Number of the finalized block.
             */
            finalized_block: number;
            /**
             * Format: int32
             * @description Number of the finalized block that lists and earnings reflect.
             */
            indexed_block: number;
            /** @description Whether a node answers. */
            is_connected: boolean;
            /** @description Sentence that says what is wrong; absent when all is well. */
            trouble?: string | null;
        };
        /** @description A message to sign within its time, once. */
        Challenge: {
            /** @description Time until which it is accepted, RFC 3339. */
            expires_at: string;
            /** @description Lines of text that name the gateway, the origin of its pages and the account. */
            message: string;
        };
        /** @description Body of `PUT /v1/streams/{id}/chat/settings`. What is absent stays as it is. */
        ChangeChatSettings: {
            /**
             * @description All blocked words: at most 500, each of 1 to 50 characters.
             * @default null
             */
            blocked_words: string[] | null;
            /** @default null */
            mode: components["schemas"]["ChatMode"] | null;
        };
        /** @description Body of `PUT /v1/me`. What is absent stays as it is; an empty text removes. */
        ChangeProfile: {
            /** @description Hash of a picture that was uploaded to `/v1/images`. */
            banner?: string | null;
            /** @description What the person says of themselves, at most 1,000 characters. */
            bio?: string | null;
            /** @description Handle: 3 to 30 characters, letters, digits, `_` and `-`. */
            handle?: string | null;
            /** @description At most 5 addresses that begin with `https://`. */
            links?: string[] | null;
            /** @description Name, at most 50 characters. */
            name?: string | null;
            /** @description Hash of a picture that was uploaded to `/v1/images`. */
            picture?: string | null;
            settings?: components["schemas"]["MySettings"] | null;
            /** @description Signature of the account over the text of the profile as it is after this change; see `docs/people/community.md`. */
            signature?: string | null;
            /** @description Time that is part of the signed text, RFC 3339. */
            signed_at?: string | null;
        };
        /**
         * @description What a person does in a chat: a message of the socket, and the body of `POST /v1/streams/{id}/chat/actions`. All but `say`,
         *     and the deletion of one's own message, need the right to moderate the chat.
         */
        ChatAction: {
            /**
             * @description The client's own name of the message, 1 to 64 characters. A message that is sent again under the same name is
             *     accepted once.
             */
            client_id: string;
            reply_to?: components["schemas"]["MessageId"] | null;
            /** @description 1 to 500 characters. */
            text: string;
            /** @enum {string} */
            type: "say";
        } | {
            /** @description Number of the message. */
            id: components["schemas"]["MessageId"];
            /** @enum {string} */
            type: "delete";
        } | {
            /** @description The person. */
            person: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description At most 1,209,600.
             */
            seconds: number;
            /** @enum {string} */
            type: "time_out";
        } | {
            /** @description The person. */
            person: components["schemas"]["Account"];
            /** @enum {string} */
            type: "ban";
        } | {
            /** @description The person. */
            person: components["schemas"]["Account"];
            /** @enum {string} */
            type: "unban";
        } | {
            id?: components["schemas"]["MessageId"] | null;
            /** @enum {string} */
            type: "pin";
        } | {
            /** @description The new mode. */
            mode: components["schemas"]["ChatMode"];
            /** @enum {string} */
            type: "set_mode";
        };
        /**
         * @description What sets an author apart in a stream's chat.
         * @enum {string}
         */
        ChatBadge: "creator" | "moderator" | "payer" | "tipper";
        /** @description A ban or a time-out that is in force. */
        ChatBanView: {
            /** @description When, RFC 3339. */
            at: string;
            /** @description Who decided. */
            by: components["schemas"]["PersonRef"];
            /** @description Whom it concerns. */
            person: components["schemas"]["PersonRef"];
            /** @description End of the time-out, RFC 3339; absent for a ban. */
            until?: string | null;
        };
        /** @description Answer to `POST /v1/streams/{id}/chat/actions`. */
        ChatDone: {
            message?: components["schemas"]["ChatMessage"] | null;
        };
        /** @description A message of a chat. */
        ChatMessage: {
            /** @description Time at which it was accepted, RFC 3339; of a tip, that of its block. */
            at: string;
            /** @description Who wrote it. */
            author: components["schemas"]["PersonRef"];
            /** @description What sets the author apart. */
            badges: components["schemas"]["ChatBadge"][];
            /** @description The author's own name of the message, to its author only. */
            client_id?: string | null;
            /** @description Number of the message. */
            id: components["schemas"]["MessageId"];
            /**
             * Format: int64
             * @description Place in the recording in milliseconds from its start, when the chat of a recording is replayed.
             */
            offset_ms?: number | null;
            reply_to?: components["schemas"]["QuotedMessage"] | null;
            /** @description Plain text; of a tip the memo, which may be empty. */
            text: string;
            tip?: components["schemas"]["ChatTip"] | null;
        };
        /** @description Who may write how often. Creators and moderators always may. */
        ChatMode: {
            /**
             * @description Only those who follow the creator may write.
             * @default false
             */
            followers_only: boolean;
            /**
             * @description Only those who are paying for the stream may write.
             * @default false
             */
            payers_only: boolean;
            /**
             * Format: int32
             * @description Least seconds between two messages of a person, at most 3,600; 0 for no limit.
             * @default 0
             */
            slow_s: number;
        };
        /** @description Answer to `GET /v1/streams/{id}/recordings/{number}/chat`. */
        ChatReplay: {
            /** @description Messages with their places in the recording, the earliest first. */
            messages: components["schemas"]["ChatMessage"][];
            /**
             * Format: int64
             * @description `from_ms` of the next request; absent if there is nothing more in the range. The message at this very place may be
             *     repeated.
             */
            next_from_ms?: number | null;
        };
        /** @description Settings of a stream's chat, for its creator and its moderators. */
        ChatSettings: {
            /** @description Words that no message may have. An entry that ends with `*` also refuses longer words that begin with it. */
            blocked_words: string[];
            /** @description Who may write how often. */
            mode: components["schemas"]["ChatMode"];
            /** @description Who may moderate the chat, besides the creator and the gateway's moderators. */
            moderators: components["schemas"]["PersonRef"][];
        };
        /** @description The tip that came with a message. */
        ChatTip: {
            /** @description Amount in planck. */
            amount: components["schemas"]["Planck"];
        };
        /** @description A claim that is not settled in a finalized block, see `GET /v1/claims`. */
        ClaimView: {
            /** @description Element of the tick chain that proves them, in hex. */
            proof: string;
            /** @description Session of the claim. */
            session: components["schemas"]["SessionRef"];
            /**
             * Format: int32
             * @description Cumulative ticks of the claim.
             */
            ticks: number;
        };
        /**
         * @description The low rendition without encryption that a creator can ask for.
         * @enum {string}
         */
        ClearPreview: "off" | "muted" | "with-sound";
        /** @description What a clip is taken from. */
        ClipFrom: components["schemas"]["RecordingRef"] | components["schemas"]["LiveWord"];
        /**
         * @description Who may make clips besides the creator.
         * @enum {string}
         */
        ClipMakers: "none" | "payers";
        /** @description What a clip shows. */
        ClipView: {
            /**
             * Format: int64
             * @description End of the part, in milliseconds from the recording's beginning.
             */
            end_ms: number;
            /**
             * Format: int64
             * @description Its number.
             */
            number: number;
            /**
             * Format: int64
             * @description Beginning of the part, in milliseconds from the recording's beginning.
             */
            start_ms: number;
            /** @description Stream of the other recording. */
            stream: components["schemas"]["StreamRef"];
        };
        /** @description A comment on a recording. */
        CommentView: {
            /** @description When it was written, RFC 3339. */
            at: string;
            /**
             * Format: int32
             * @description Second of the recording that it is about.
             */
            at_s?: number | null;
            /** @description Who wrote it. */
            author: components["schemas"]["PersonRef"];
            /**
             * Format: int64
             * @description Number of the comment.
             */
            id: number;
            /** @description Whether it was deleted, and is kept for its replies. */
            is_deleted?: boolean;
            /** @description Whether the signed-in person likes it. */
            is_liked_by_me: boolean;
            /** @description Whether the signed-in person wrote it. */
            is_mine: boolean;
            /**
             * Format: int64
             * @description People who like it.
             */
            likes: number;
            /**
             * Format: int32
             * @description Number of replies.
             */
            replies: number;
            /**
             * Format: int64
             * @description Comment that it answers.
             */
            reply_to?: number | null;
            /** @description Text; empty if it was deleted while there are replies. */
            text: string;
        };
        /**
         * @description Whether video is passed on without encoding it again.
         * @enum {string}
         */
        CopyMode: "auto" | "never";
        /** @description Body of `POST /v1/admin/streams/{id}/cut-off`. */
        CutOff: {
            /** @description Why, 1 to 2,000 characters. The creator reads it. */
            reason: string;
        };
        /**
         * @description What a moderator decides.
         * @enum {string}
         */
        DecisionAction: "dismiss" | "warn" | "hide" | "cut_off" | "ask_chain";
        /** @description A decision, for moderators. */
        DecisionView: {
            /** @description What was decided. */
            action: components["schemas"]["DecisionAction"];
            /** @description Time of the decision, RFC 3339. */
            at: string;
            /** @description The moderator. */
            by: components["schemas"]["PersonRef"];
            /**
             * Format: int64
             * @description Number of the decision.
             */
            id: number;
            /** @description Time at which it was lifted, RFC 3339; absent while it holds. */
            lifted_at?: string | null;
            /** @description What is left to do by hand, in answers to the request that decided; absent if nothing is. */
            next_step?: string | null;
            /** @description Why. */
            note: string;
        };
        /** @description Body of `DELETE /v1/me`. */
        DeleteMe: {
            /** @description The person's handle or account, so that nothing is deleted by mistake. */
            confirm: string;
        };
        /** @description A disk. */
        DiskView: {
            /** @description Folder that the gateway writes to. */
            folder: string;
            /**
             * Format: int64
             * @description Bytes that are free.
             */
            free_bytes: number;
            /**
             * Format: int64
             * @description Bytes below which nothing is recorded or uploaded.
             */
            min_free_bytes: number;
            /**
             * Format: int64
             * @description Bytes in all.
             */
            total_bytes: number;
        };
        /** @description How far viewers may go back. */
        DvrHours: number | components["schemas"]["All"];
        /** @description Earnings of an account. */
        Earnings: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description Buckets in order of time. */
            buckets: components["schemas"]["EarningsBucket"][];
            /** @description Amount revealed by viewers of its streams at this gateway and not settled yet, before any share is taken. */
            pending_gross: components["schemas"]["Planck"];
            /** @description All that was ever settled in its favour. */
            settled: components["schemas"]["Planck"];
            /** @description Amount on chain that can be paid out at any time. */
            withdrawable: components["schemas"]["Planck"];
        };
        /** @description Earnings of an account in one bucket of time. */
        EarningsBucket: {
            /** @description The account's share of the amount paid for them. */
            earned: components["schemas"]["Planck"];
            /** @description Start of the bucket, RFC 3339. */
            from: string;
            /** @description Open fees that the account earned as gateway, or for removing abandoned sessions. */
            open_fees: components["schemas"]["Planck"];
            /**
             * Format: int64
             * @description Ticks settled.
             */
            ticks: number;
            /** @description The account's share of tips. */
            tipped: components["schemas"]["Planck"];
        };
        /** @description Body of `DELETE /v1/me/push`. */
        EndPush: {
            /** @description Endpoint of the subscription. */
            endpoint: string;
        };
        /** @description A value of a field, and the number of results that have it. */
        Facet: {
            /**
             * Format: int64
             * @description Number of results that have it.
             */
            count: number;
            /** @description The value, as a filter takes it. */
            value: string;
        };
        /** @description A number of something that there is at this moment. */
        Figure: {
            /** @description Group that it belongs to: `sessions`, `settlement`, `journal`, `video`, `jobs`, `limits` or `moderation`. */
            group: string;
            /**
             * Format: int64
             * @description How many there may be; absent if there is no limit.
             */
            max?: number | null;
            /** @description What is counted. */
            name: string;
            /**
             * Format: int64
             * @description How many there are.
             */
            value: number;
        };
        /** @description Somebody whom a person follows, or who follows them. */
        FollowView: {
            /** @description Streams of the person that are on air at this gateway; empty in lists of followers. */
            live?: components["schemas"]["StreamView"][];
            /** @description The other person. */
            person: components["schemas"]["PersonRef"];
            /** @description Since when, RFC 3339. */
            since: string;
        };
        /** @description Answer to `GET /v1/gateway`: the gateway's account, addresses and terms. */
        GatewayInfo: {
            /** @description Account that tickets must name. */
            account: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description Ticks on credit until the open of a session is in a block.
             */
            credit_ticks: number;
            /**
             * Format: int32
             * @description Ticks on credit until the open is in a finalized block.
             */
            credit_ticks_until_final: number;
            /** @description Public URL of the gateway. */
            endpoint: string;
            /** @description Hash of block 0, in hex. */
            genesis_hash: string;
            /**
             * Format: int32
             * @description Ticks that may be revealed ahead of time.
             */
            max_prepaid_ticks: number;
            /** @description Smallest first deposit. */
            min_deposit: components["schemas"]["Planck"];
            /** @description Lowest price of a tick at which this gateway serves a stream; at least the chain's. */
            min_price: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Smallest share of the gateway at which it serves a stream, in parts per million of what protocol and submitter leave.
             */
            min_share_ppm: number;
            /** @description WebSocket URLs under which wallets reach a node. */
            nodes: string[];
            /** @description Fee for opening a session. */
            open_fee: components["schemas"]["Planck"];
            /** @description RTMP URL for encoders, without the stream key. */
            rtmp_url: string;
            /**
             * Format: int32
             * @description Longest validity of a ticket, in blocks.
             */
            ticket_lifetime_blocks: number;
            /** @description Version of the software. */
            version: string;
        };
        /**
         * @description A role that an administrator grants.
         * @enum {string}
         */
        GrantedRole: "moderator" | "creator";
        /** @description Something that a person has watched. */
        HistoryItem: {
            /** @description When the person last watched it, RFC 3339. */
            at: string;
            creator?: components["schemas"]["PersonRef"] | null;
            /**
             * Format: int64
             * @description Length in milliseconds, if it is known.
             */
            duration_ms?: number | null;
            /** @description Hash of its picture, which is at `/v1/images/{hash}`. */
            picture?: string | null;
            /**
             * Format: int64
             * @description Position in milliseconds from the beginning.
             */
            position_ms: number;
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            /** @description Stream or recording. */
            subject: components["schemas"]["Subject"];
            /** @description Title of the recording, or of its stream. */
            title: string;
        };
        /** @description An image that was stored. */
        ImageView: {
            /** @description BLAKE2b-256 of the original, in hex without `0x`. */
            hash: string;
            /** @description Path at this gateway. */
            url: string;
            /** @description Widths in which it can be asked for, in pixels. */
            widths: number[];
        };
        /** @description The health of an incoming stream and of its transcoding. */
        IngestHealth: {
            /**
             * Format: int64
             * @description Bit rate of the source, in bits per second.
             */
            bitrate_bps: number;
            /** @description Sentence that says what is wrong and how to fix it, or that all is well. */
            diagnosis: string;
            /**
             * Format: int64
             * @description Pictures lost since the broadcast began.
             */
            dropped_frames: number;
            /**
             * Format: double
             * @description Pictures per second.
             */
            frame_rate: number;
            /** @description Whether the stream arrives and is transcoded without trouble. */
            is_well?: boolean;
            /** @description Names of the renditions that are produced. */
            ladder: string[];
            /**
             * Format: int64
             * @description Time from the arrival of a picture to its transcoding, in milliseconds; absent until it is measured.
             */
            latency_ms?: number | null;
            /** @description Time at which the broadcast began, RFC 3339. */
            live_since?: string | null;
            /** @description How the video arrives: `RTMP`, `SRT`, `HTTP PUT`, `WHIP` or `a pulled source`; absent until the first picture. */
            protocol?: string | null;
            source?: components["schemas"]["PulledSource"] | null;
            /**
             * Format: double
             * @description Speed of the transcoder as a multiple of real time; below 1 it cannot keep up.
             */
            speed: number;
            /** @description `offline`, `live`, or `waiting` for a publisher that disconnected. */
            state: string;
        };
        /** @description Answer to `POST /v1/admin/invitations`. No other answer contains the code. */
        Invitation: {
            /** @description Code with which one person becomes a creator: a secret. */
            code: string;
            /** @description Time at which it expires, RFC 3339. */
            expires_at: string;
        };
        /** @description Work that goes on after the request that asked for it. */
        JobView: {
            /** @description Time at which it was asked for, RFC 3339. */
            created_at: string;
            /** @description Sentence that says why it failed. */
            error?: string | null;
            /** @description Id. */
            id: string;
            /** @description `upload` or `clip`. */
            kind: string;
            /**
             * Format: double
             * @description How much of it is done, from 0 to 1.
             */
            progress: number;
            /**
             * Format: int64
             * @description Number of the recording that it makes.
             */
            recording?: number | null;
            /** @description How addresses name it, if it is unlisted. */
            reference?: string | null;
            /** @description How far it is. */
            state: components["schemas"]["WorkState"];
            /** @description Stream that it is for. */
            stream: components["schemas"]["StreamRef"];
            /** @description Time at which it changed last, RFC 3339. */
            updated_at: string;
        };
        /** @description Key of one segment. */
        Key: {
            /**
             * Format: int64
             * @description Index of the segment.
             */
            index: number;
            /** @description Key: 16 bytes in hex. */
            key: string;
        };
        /** @description A place in a leaderboard. */
        LeaderView: {
            amount?: components["schemas"]["Planck"] | null;
            /** @description The person. */
            person: components["schemas"]["PersonRef"];
            /**
             * Format: int32
             * @description Place, from 1. Equal amounts share a place.
             */
            rank: number;
            /**
             * Format: int64
             * @description Seconds watched and paid for, in a leaderboard of watchers.
             */
            seconds?: number | null;
        };
        /**
         * @description The word `live`.
         * @enum {string}
         */
        LiveWord: "live";
        /** @description The person's mail address: `GET /v1/me/mail`. */
        MailView: {
            /** @description Address; absent if there is none. */
            address?: string | null;
            /** @description Whether this gateway sends mail. */
            is_offered: boolean;
            /** @description Whether the person has shown that it is theirs. */
            is_verified: boolean;
        };
        /** @description The person who is signed in: `GET /v1/me`. */
        Me: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description How the person has signed in. */
            by: components["schemas"]["SignedBy"];
            /** @description Whether this gateway takes broadcasts of the person. */
            can_publish: boolean;
            /** @description Whether it is the recipient of a gift. */
            is_guest: boolean;
            /** @description Profile. */
            profile: components["schemas"]["PersonView"];
            /** @description Roles at this gateway. */
            roles: components["schemas"]["Role"][];
            /** @description Settings. */
            settings: components["schemas"]["MySettings"];
            /**
             * Format: int32
             * @description Notices that have not been read.
             */
            unread_notices: number;
        };
        /**
         * @description Number of a message, as decimal digits. Messages of one gateway are numbered in the order in which they were accepted.
         * @example 9
         */
        MessageId: string;
        /** @description What a creator says of a stream. As JSON it is the stream's metadata on chain. */
        Metadata: {
            /**
             * @description Category.
             * @default
             */
            category: string;
            /**
             * @description Whether a low rendition can be watched without keys for as long as the free ticks last.
             * @default off
             */
            clear_preview: components["schemas"]["ClearPreview"];
            /**
             * @description Description.
             * @default
             */
            description: string;
            /**
             * @description Language after BCP 47, such as `de` or `pt-BR`.
             * @default
             */
            language: string;
            /**
             * @description Tags.
             * @default []
             */
            tags: string[];
            /**
             * @description URL of a picture.
             * @default
             */
            thumbnail: string;
            /**
             * @description Title.
             * @default
             */
            title: string;
        };
        /** @description An appeal, for the person who made it. */
        MyAppeal: {
            /** @description Why; absent until the appeal is answered. */
            answer?: string | null;
            /** @description Time of the appeal, RFC 3339. */
            at: string;
            /** @description Whether the decision was upheld; absent until the appeal is answered. */
            is_upheld?: boolean | null;
            /** @description What the person wrote. */
            text: string;
        };
        /** @description A decision, for the person whom it concerns. */
        MyDecision: {
            /** @description What was decided. */
            action: components["schemas"]["DecisionAction"];
            appeal?: components["schemas"]["MyAppeal"] | null;
            /** @description Time of the decision, RFC 3339. */
            at: string;
            /**
             * Format: int64
             * @description Number of the decision.
             */
            id: number;
            /** @description Time at which it was lifted, RFC 3339; absent while it holds. */
            lifted_at?: string | null;
            /** @description Why. */
            note: string;
            /** @description What it is about. */
            subject: components["schemas"]["ReportSubject"];
            /** @description What that is called, or the beginning of its text; absent if it has none or is gone. */
            title?: string | null;
        };
        /** @description What a person chooses for themselves. */
        MySettings: {
            /** @description Whether the person is left out of leaderboards. */
            hide_from_leaderboards: boolean;
            /** @description Whether the gateway keeps what the person has watched. */
            keep_history: boolean;
        };
        /** @description Body of `POST /v1/decisions/{id}/appeal`. */
        NewAppeal: {
            /** @description 1 to 2,000 characters. */
            text: string;
        };
        /** @description Body of `PUT /v1/admin/blocks/{kind}/{value}`. */
        NewBlock: {
            /** @description Why it is blocked, at most 500 characters. */
            note?: string;
        };
        /** @description Who wants to sign in: `POST /v1/auth/challenge`. */
        NewChallenge: {
            /** @description Account; for a guest, the account that has made the gift. */
            account: components["schemas"]["Account"];
            /** @description Whether the session key is that of a gift, and the person its recipient. */
            guest?: boolean;
            session_key?: components["schemas"]["Account"] | null;
        };
        /** @description Body of `POST /v1/streams/{id}/clips`. */
        NewClip: {
            /**
             * Format: int64
             * @description End, in the same way; 5 to 120 s after the beginning.
             */
            end_ms: number;
            /** @description Whether it can be watched without paying. */
            is_free?: boolean;
            /** @description What it is taken from. */
            source: components["schemas"]["ClipFrom"];
            /**
             * Format: int64
             * @description Beginning in milliseconds: from the beginning of a recording; of a broadcast, the time of day since 1970 as in its
             *     playlist, or, if it is not above 0, from its newest segment.
             */
            start_ms: number;
            /** @description Title; at most 120 characters. */
            title?: string;
        };
        /** @description Body of `POST /v1/streams/{id}/recordings/{number}/comments`. */
        NewComment: {
            /**
             * Format: int32
             * @description Second of the recording that the comment is about.
             */
            at_s?: number | null;
            /**
             * Format: int64
             * @description Comment that this one answers.
             */
            reply_to?: number | null;
            /** @description Text, 1 to 2,000 characters. */
            text: string;
        };
        /** @description Body of `POST /v1/moderation/reports/{id}/decision`. */
        NewDecision: {
            /** @description What is decided. */
            action: components["schemas"]["DecisionAction"];
            /** @description Why, at most 2,000 characters. Whom it concerns reads it. Needed unless the reports are dismissed. */
            note?: string;
        };
        /** @description Body of `PUT /v1/me/mail`. */
        NewMail: {
            /** @description Address, to which a code is sent. */
            address: string;
        };
        /** @description Body of `POST /v1/moderation/reports/{id}/notes`. */
        NewNote: {
            /** @description 1 to 2,000 characters. */
            text: string;
        };
        /** @description A new publish key. No other answer contains its secret. */
        NewPublishKey: {
            /** @description Id of the key. */
            id: string;
            /** @description The key itself: a secret. */
            key: string;
            /** @description URL under which HLS or CMAF is uploaded by PUT, if the gateway accepts that. */
            put_url?: string | null;
            /** @description RTMP stream key: "Stream Key" in OBS. */
            rtmp_stream_key: string;
            /** @description RTMP URL: "Server" in OBS. */
            rtmp_url: string;
        };
        /** @description Body of `POST /v1/reports`. */
        NewReport: {
            /** @description Why. */
            reason: components["schemas"]["ReportReason"];
            /** @description What is reported. */
            subject: components["schemas"]["ReportSubject"];
            /** @description More about it, at most 2,000 characters. Needed with the reason `other`. */
            text?: string | null;
        };
        /** @description Body of `POST /v1/me/schedule`. */
        NewScheduleEntry: {
            /**
             * Format: int32
             * @description Length in minutes, 1 to 1,440.
             */
            minutes: number;
            /** @description Beginning, RFC 3339, in the future and within a year. */
            starts_at: string;
            stream?: components["schemas"]["StreamRef"] | null;
            /** @description Title, at most 120 characters. */
            title: string;
        };
        /** @description A price that is announced. */
        NextPrice: {
            /**
             * Format: int32
             * @description First block in which it holds.
             */
            from_block: number;
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
        };
        /** @description A note of a moderator, for moderators. */
        NoteView: {
            /** @description Time of the note, RFC 3339. */
            at: string;
            /** @description The moderator. */
            by: components["schemas"]["PersonRef"];
            /** @description What was noted. */
            text: string;
        };
        /** @description A notice: `GET /v1/me/notices`. */
        Notice: {
            /** @description Time, RFC 3339. */
            at: string;
            /**
             * Format: int64
             * @description Number. Later notices have higher ones.
             */
            id: number;
            /** @description Whether the person has read it. */
            is_read: boolean;
            /** @description What it is about. */
            kind: components["schemas"]["NoticeKind"];
            person?: components["schemas"]["PersonRef"] | null;
            /** @description Text; may be empty. */
            text: string;
            /** @description Title. */
            title: string;
            /** @description Path of the page that it is about. */
            url: string;
        };
        /**
         * @description What a notice is about.
         * @enum {string}
         */
        NoticeKind: "went-live" | "new-recording" | "reply" | "payout" | "spending-limit" | "schedule-soon" | "moderated";
        /**
         * @description What a person is told of, and on which ways: `/v1/me/notices/settings`. Kinds that are absent in a request get the ways that
         *     people have who have set nothing.
         */
        NoticeSettings: {
            /**
             * @description A moderator has decided about something of the person's.
             * @default {
             *       "mail": true,
             *       "page": true,
             *       "push": true
             *     }
             */
            moderated: components["schemas"]["NoticeWays"];
            /**
             * @description A creator whom the person follows has a new recording.
             * @default {
             *       "mail": false,
             *       "page": true,
             *       "push": true
             *     }
             */
            "new-recording": components["schemas"]["NoticeWays"];
            /**
             * @description Earnings of the person were paid out.
             * @default {
             *       "mail": false,
             *       "page": true,
             *       "push": true
             *     }
             */
            payout: components["schemas"]["NoticeWays"];
            /**
             * @description Somebody has answered a comment of the person.
             * @default {
             *       "mail": false,
             *       "page": true,
             *       "push": true
             *     }
             */
            reply: components["schemas"]["NoticeWays"];
            /**
             * @description A broadcast that the person wants to be reminded of begins soon.
             * @default {
             *       "mail": true,
             *       "page": true,
             *       "push": true
             *     }
             */
            "schedule-soon": components["schemas"]["NoticeWays"];
            /**
             * @description Little is left of what the person may spend.
             * @default {
             *       "mail": false,
             *       "page": true,
             *       "push": true
             *     }
             */
            "spending-limit": components["schemas"]["NoticeWays"];
            /**
             * @description A creator whom the person follows is on air.
             * @default {
             *       "mail": true,
             *       "page": true,
             *       "push": true
             *     }
             */
            "went-live": components["schemas"]["NoticeWays"];
        };
        /** @description Ways on which notices of a kind reach a person. */
        NoticeWays: {
            /** @description By mail, to the address that the person has verified. */
            mail: boolean;
            /** @description In the pages, and in the list of notices. */
            page: boolean;
            /** @description By Web Push, to the browsers in which the person has turned it on. */
            push: boolean;
        };
        /** @description Body of `POST /v1/sessions`. */
        OfferTicket: {
            /** @description SCALE-encoded `SignedTicket` in hex. */
            ticket: string;
        };
        /** @description Body of `POST /v1/streams/{id}/srt`. */
        OpenSrt: {
            /** @description A publish key of the stream; it is SRT's passphrase as well. */
            key: string;
        };
        /** @description A page of a list. */
        Page_AppealView: {
            /** @description Items in the order asked for. */
            items: {
                answer?: components["schemas"]["AnswerView"] | null;
                /** @description Time of the appeal, RFC 3339. */
                at: string;
                /** @description The person whom it concerns. */
                by: components["schemas"]["PersonRef"];
                /** @description The decision. */
                decision: components["schemas"]["DecisionView"];
                /**
                 * Format: int64
                 * @description Number of the appeal, which is that of its decision.
                 */
                id: number;
                /** @description What the decision is about. */
                subject: components["schemas"]["ReportSubject"];
                /** @description What the person wrote. */
                text: string;
                /** @description What that is called, or the beginning of its text; absent if it has none or is gone. */
                title?: string | null;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_AuditEntry: {
            /** @description Items in the order asked for. */
            items: {
                /** @description What was done, for example `decide.cut_off`, `block.word.add`, `role.moderator.grant`. */
                action: string;
                /** @description Time, RFC 3339. */
                at: string;
                /** @description Who did it. */
                by: components["schemas"]["PersonRef"];
                /**
                 * Format: int64
                 * @description Number of the entry.
                 */
                id: number;
                /** @description What was said about it. */
                note: string;
                /** @description What it was done to: a subject of a report, a word, a network, an account; empty if nothing in particular. */
                subject: string;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_ChatBanView: {
            /** @description Items in the order asked for. */
            items: {
                /** @description When, RFC 3339. */
                at: string;
                /** @description Who decided. */
                by: components["schemas"]["PersonRef"];
                /** @description Whom it concerns. */
                person: components["schemas"]["PersonRef"];
                /** @description End of the time-out, RFC 3339; absent for a ban. */
                until?: string | null;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_ChatMessage: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time at which it was accepted, RFC 3339; of a tip, that of its block. */
                at: string;
                /** @description Who wrote it. */
                author: components["schemas"]["PersonRef"];
                /** @description What sets the author apart. */
                badges: components["schemas"]["ChatBadge"][];
                /** @description The author's own name of the message, to its author only. */
                client_id?: string | null;
                /** @description Number of the message. */
                id: components["schemas"]["MessageId"];
                /**
                 * Format: int64
                 * @description Place in the recording in milliseconds from its start, when the chat of a recording is replayed.
                 */
                offset_ms?: number | null;
                reply_to?: components["schemas"]["QuotedMessage"] | null;
                /** @description Plain text; of a tip the memo, which may be empty. */
                text: string;
                tip?: components["schemas"]["ChatTip"] | null;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_ClaimView: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Element of the tick chain that proves them, in hex. */
                proof: string;
                /** @description Session of the claim. */
                session: components["schemas"]["SessionRef"];
                /**
                 * Format: int32
                 * @description Cumulative ticks of the claim.
                 */
                ticks: number;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_CommentView: {
            /** @description Items in the order asked for. */
            items: {
                /** @description When it was written, RFC 3339. */
                at: string;
                /**
                 * Format: int32
                 * @description Second of the recording that it is about.
                 */
                at_s?: number | null;
                /** @description Who wrote it. */
                author: components["schemas"]["PersonRef"];
                /**
                 * Format: int64
                 * @description Number of the comment.
                 */
                id: number;
                /** @description Whether it was deleted, and is kept for its replies. */
                is_deleted?: boolean;
                /** @description Whether the signed-in person likes it. */
                is_liked_by_me: boolean;
                /** @description Whether the signed-in person wrote it. */
                is_mine: boolean;
                /**
                 * Format: int64
                 * @description People who like it.
                 */
                likes: number;
                /**
                 * Format: int32
                 * @description Number of replies.
                 */
                replies: number;
                /**
                 * Format: int64
                 * @description Comment that it answers.
                 */
                reply_to?: number | null;
                /** @description Text; empty if it was deleted while there are replies. */
                text: string;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_FollowView: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Streams of the person that are on air at this gateway; empty in lists of followers. */
                live?: components["schemas"]["StreamView"][];
                /** @description The other person. */
                person: components["schemas"]["PersonRef"];
                /** @description Since when, RFC 3339. */
                since: string;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_HistoryItem: {
            /** @description Items in the order asked for. */
            items: {
                /** @description When the person last watched it, RFC 3339. */
                at: string;
                creator?: components["schemas"]["PersonRef"] | null;
                /**
                 * Format: int64
                 * @description Length in milliseconds, if it is known.
                 */
                duration_ms?: number | null;
                /** @description Hash of its picture, which is at `/v1/images/{hash}`. */
                picture?: string | null;
                /**
                 * Format: int64
                 * @description Position in milliseconds from the beginning.
                 */
                position_ms: number;
                /** @description Price of a tick. */
                price_per_tick: components["schemas"]["Planck"];
                /** @description Stream or recording. */
                subject: components["schemas"]["Subject"];
                /** @description Title of the recording, or of its stream. */
                title: string;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_Notice: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time, RFC 3339. */
                at: string;
                /**
                 * Format: int64
                 * @description Number. Later notices have higher ones.
                 */
                id: number;
                /** @description Whether the person has read it. */
                is_read: boolean;
                /** @description What it is about. */
                kind: components["schemas"]["NoticeKind"];
                person?: components["schemas"]["PersonRef"] | null;
                /** @description Text; may be empty. */
                text: string;
                /** @description Title. */
                title: string;
                /** @description Path of the page that it is about. */
                url: string;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_PersonReceipt: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time of the block, RFC 3339. */
                at: string;
                /**
                 * Format: int32
                 * @description Number of the block.
                 */
                block: number;
                /** @description Amount paid for them. */
                paid: components["schemas"]["Planck"];
                /** @description Session that was settled. */
                session: components["schemas"]["SessionRef"];
                /** @description Stream that was watched. */
                stream: components["schemas"]["StreamRef"];
                /**
                 * Format: int32
                 * @description Ticks settled in this block.
                 */
                ticks: number;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_Receipt: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time of the block, RFC 3339. */
                at: string;
                /**
                 * Format: int32
                 * @description Number of the block.
                 */
                block: number;
                /** @description Amount paid for them. */
                paid: components["schemas"]["Planck"];
                /**
                 * Format: int32
                 * @description Ticks settled in this block.
                 */
                ticks: number;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_RecordingView: {
            /** @description Items in the order asked for. */
            items: {
                /**
                 * Format: int64
                 * @description Bytes that are stored, in answers to the creator.
                 */
                bytes?: number | null;
                clip?: components["schemas"]["ClipView"] | null;
                /** @description Description; absent if the creator gave none. */
                description?: string;
                /**
                 * Format: int64
                 * @description Length in seconds.
                 */
                duration_s: number;
                /** @description Time at which the broadcast ended, or the work on it, RFC 3339. */
                ended_at: string;
                /** @description Sentence that says why it failed or ends early; absent if it does not. */
                error?: string;
                /** @description Whether its keys cost nothing. */
                is_free?: boolean;
                /** @description Where it comes from. */
                kind?: components["schemas"]["RecordingKind"];
                /**
                 * Format: int64
                 * @description Number among the broadcasts of its stream, from 1.
                 */
                number: number;
                /** @description Path of the multivariant playlist at this gateway. */
                playlist: string;
                /** @description Hash of its picture, which is at `/v1/images/{hash}`; absent if there is none. */
                poster?: string;
                /**
                 * @description How addresses name it: by its number, and an unlisted one by its token as well, `7-0123…`. Absent from gateways that do
                 *     not have tokens.
                 */
                reference?: string;
                /** @description Time at which the broadcast began, or the work on it, RFC 3339. */
                started_at: string;
                /** @description How far it is. Viewers see only those that are ready. */
                state?: components["schemas"]["RecordingState"];
                /** @description Path of the storyboard (WebVTT) at this gateway. */
                storyboard: string;
                /** @description Number of its stream. */
                stream: components["schemas"]["StreamRef"];
                /** @description Title; absent if the creator gave none. */
                title?: string;
                /** @description Who may find and watch it. */
                visibility?: components["schemas"]["Visibility"];
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_ReportView: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time of the report, RFC 3339. */
                at: string;
                /** @description The reporter. */
                by: components["schemas"]["PersonRef"];
                /**
                 * Format: int32
                 * @description Number of open reports of the same subject, or, of a closed one, of those that were closed with it.
                 */
                count: number;
                decision?: components["schemas"]["DecisionView"] | null;
                /**
                 * Format: int64
                 * @description Number of the report.
                 */
                id: number;
                /** @description Notes of moderators on the subject, the oldest first. */
                notes: components["schemas"]["NoteView"][];
                of?: components["schemas"]["PersonRef"] | null;
                /** @description Why. */
                reason: components["schemas"]["ReportReason"];
                /** @description What is reported. */
                subject: components["schemas"]["ReportSubject"];
                /** @description What the reporter wrote; empty if nothing. */
                text: string;
                /** @description What it is called, or the beginning of its text; absent if it has none or is gone. */
                title?: string | null;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_SessionRecord: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time of closing, RFC 3339; absent while the session is open. */
                closed_at?: string | null;
                /** @description Account of the gateway. */
                gateway: components["schemas"]["Account"];
                /**
                 * Format: int32
                 * @description Most ticks that can be settled.
                 */
                max_ticks: number;
                /** @description Time of opening, RFC 3339. */
                opened_at: string;
                /** @description Amount paid for them. */
                paid: components["schemas"]["Planck"];
                /** @description Price of a tick. */
                price_per_tick: components["schemas"]["Planck"];
                refunded?: components["schemas"]["Planck"] | null;
                /** @description Id of the session. */
                session: components["schemas"]["SessionRef"];
                session_key?: components["schemas"]["Account"] | null;
                /**
                 * Format: int32
                 * @description Ticks settled.
                 */
                settled_ticks: number;
                /** @description Stream that is watched. */
                stream: components["schemas"]["StreamRef"];
                /** @description Account that pays. */
                viewer: components["schemas"]["Account"];
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_StreamView: {
            /** @description Items in the order asked for. */
            items: {
                clips?: components["schemas"]["ClipMakers"] | null;
                /** @description Account of the creator. */
                creator: components["schemas"]["Account"];
                /**
                 * @description Path of the multivariant playlist from the beginning of the broadcast, or as far back as the creator allows; absent if
                 *     viewers cannot go back.
                 */
                dvr_playlist?: string | null;
                /**
                 * Format: int32
                 * @description Share of the gateway, in parts per million of what protocol and submitter leave.
                 */
                gateway_share_ppm: number;
                /** @description Whether the stream is on air at this gateway. */
                is_live_here: boolean;
                /** @description Time of its last broadcast at this gateway, RFC 3339; absent if there was none. */
                last_live?: string | null;
                /** @description What its creator says of it. */
                metadata: components["schemas"]["Metadata"];
                next_price?: components["schemas"]["NextPrice"] | null;
                /** @description Path of the multivariant playlist at this gateway; absent while it is not on air. */
                playlist?: string | null;
                /**
                 * Format: int32
                 * @description Ticks that a viewer can watch for free.
                 */
                preview_ticks: number;
                /** @description Price of a tick. */
                price_per_tick: components["schemas"]["Planck"];
                /** @description Accounts that share the income with the creator. */
                splits: components["schemas"]["Split"][];
                /** @description Status on chain; `suspended` also while moderators of this gateway withhold it. */
                status: components["schemas"]["StreamStatus"];
                /** @description Number of the stream. */
                stream: components["schemas"]["StreamRef"];
                /** @description Amount paid for them. */
                total_paid: components["schemas"]["Planck"];
                /**
                 * Format: int64
                 * @description Ticks settled since the stream was created.
                 */
                total_ticks: number;
                /** @description Amount tipped. */
                total_tipped: components["schemas"]["Planck"];
                /**
                 * Format: int32
                 * @description Viewers at this gateway, counted once a second: sessions that are open here, whether or not they pay at this moment,
                 *     and devices that received a preview key within the last eight seconds.
                 */
                viewers: number;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_TipView: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Amount, before any share is taken. */
                amount: components["schemas"]["Planck"];
                /** @description Time of its block, RFC 3339. */
                at: string;
                /** @description What the giver wrote; empty if nothing. */
                memo: string;
                /** @description The stream's creator for a tip that was given, and the giver of one that was received. */
                person: components["schemas"]["PersonRef"];
                /** @description Stream that received it. */
                stream: components["schemas"]["StreamRef"];
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description Answer to a payment. */
        Paid: {
            /** @description Keys in order of their index. */
            keys?: components["schemas"]["Key"][];
            /** @description Session after the payment. */
            session: components["schemas"]["SessionView"];
            /** @description Token to show from now on; present when the payment revealed a new tick. */
            token?: string | null;
        };
        /** @description A part that the gateway depends on. */
        PartState: {
            /** @description Sentence that says what is wrong and what to do, or `works`. */
            detail: string;
            /** @description Whether it works. */
            is_ok: boolean;
            /** @description `node`, `database` or `journal`. */
            name: string;
        };
        /** @description A settlement of one of a person's sessions. */
        PersonReceipt: {
            /** @description Time of the block, RFC 3339. */
            at: string;
            /**
             * Format: int32
             * @description Number of the block.
             */
            block: number;
            /** @description Amount paid for them. */
            paid: components["schemas"]["Planck"];
            /** @description Session that was settled. */
            session: components["schemas"]["SessionRef"];
            /** @description Stream that was watched. */
            stream: components["schemas"]["StreamRef"];
            /**
             * Format: int32
             * @description Ticks settled in this block.
             */
            ticks: number;
        };
        /** @description A person, as lists and messages name them. */
        PersonRef: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description Handle, which nobody else has at this gateway. */
            handle?: string | null;
            /** @description Name, which others may have as well. */
            name?: string | null;
            /** @description Hash of the picture, which is at `/v1/images/{hash}`. */
            picture?: string | null;
        };
        /** @description A person: the profile, and what is known of them at this gateway. */
        PersonView: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description Hash of the banner, which is at `/v1/images/{hash}`. */
            banner?: string | null;
            /** @description What the person says of themselves. */
            bio?: string | null;
            /**
             * Format: int64
             * @description Number of followers at this gateway.
             */
            followers?: number;
            /** @description Handle, which nobody else has at this gateway. */
            handle?: string | null;
            /** @description Whether the account has created a stream. */
            is_creator?: boolean;
            /** @description Whether the signed-in person follows them; absent if nobody is signed in. */
            is_followed_by_me?: boolean | null;
            /** @description Addresses of other pages of the person. */
            links?: string[];
            /** @description Name. */
            name?: string | null;
            /** @description Hash of the picture, which is at `/v1/images/{hash}`. */
            picture?: string | null;
            /**
             * @description Signature of the account over [`profile_text`], a SCALE-encoded `MultiSignature` in hex; absent if the profile is not
             *     signed as it is now.
             */
            signature?: string | null;
            /** @description Time that is part of the signed text. */
            signed_at?: string | null;
        };
        /** @description Everything that the gateway keeps of a person. */
        PersonalExport: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description Time of the export, RFC 3339. */
            exported_at: string;
            /** @description Tables that have something. */
            tables: components["schemas"]["PersonalTable"][];
        };
        /** @description What a table of the gateway has of a person. Accounts are in hex, times are milliseconds since 1970. */
        PersonalTable: {
            /** @description Whether there are more rows. */
            is_cut: boolean;
            /** @description Column that the person is in. */
            person: string;
            /** @description Rows by the names of their columns, with every value as text; at most 10,000, the last ones. */
            rows: {
                [key: string]: string | null;
            }[];
            /** @description Name of the table. */
            table: string;
        };
        /**
         * @description An amount in planck (10^-12 VLK), as decimal digits.
         * @example 2000000000
         */
        Planck: string;
        /** @description What went wrong and what to do about it. */
        Problem: {
            /** @description The kind of problem, for programs. Codes do not change. */
            code: string;
            /** @description Sentence that says what is wrong this time. */
            detail: string;
            /** @description Sentence that says how to fix it. */
            hint?: string | null;
            /** @description Id of the request, as in the gateway's log. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description Cumulative tick count that the next claim must reach, when too few ticks were revealed.
             */
            required_ticks?: number | null;
            /**
             * Format: int32
             * @description HTTP status.
             */
            status: number;
            /** @description The kind of problem in a few words. */
            title: string;
            /** @description URI of the kind of problem: `/problems/` and the code. */
            type: string;
        };
        /** @description How far a person has watched. */
        ProgressItem: {
            /** @description When the person was there, RFC 3339. An earlier time than the known one changes nothing. */
            at: string;
            /**
             * Format: int64
             * @description Length in milliseconds, if it is known.
             */
            duration_ms?: number | null;
            /**
             * Format: int64
             * @description Position in milliseconds from the beginning.
             */
            position_ms: number;
            /** @description Stream or recording. */
            subject: components["schemas"]["Subject"];
        };
        /** @description Body of `PUT /v1/me/progress`. */
        ProgressReport: {
            /** @description At most 50 positions. */
            items: components["schemas"]["ProgressItem"][];
        };
        /** @description Answer to `GET /v1/me/progress/{subject}`. */
        ProgressView: {
            /** @description When the person was there, RFC 3339. */
            at: string;
            /**
             * Format: int64
             * @description Position in milliseconds from the beginning.
             */
            position_ms: number;
        };
        /** @description A publish key, with which an encoder publishes a stream. Without the secret. */
        PublishKeyInfo: {
            /** @description Time of creation, RFC 3339. */
            created_at: string;
            /** @description Id of the key; no secret. */
            id: string;
            /** @description Time of the last use, RFC 3339; absent if it was never used. */
            last_used_at?: string | null;
        };
        /** @description A stream that is being published, in `GET /v1/admin/publishers`. */
        PublisherView: {
            /**
             * Format: int64
             * @description Bit rate of the source, in bits per second.
             */
            bitrate_bps: number;
            creator?: components["schemas"]["PersonRef"] | null;
            /** @description Sentence that says what is wrong, or that all is well. */
            diagnosis: string;
            /** @description Whether the stream arrives and is transcoded without trouble. */
            is_well: boolean;
            /** @description How the video arrives: `RTMP`, `SRT`, `HTTP PUT`, `WHIP` or `a pulled source`; empty until the first picture. */
            protocol: string;
            /** @description Time at which the broadcast began, RFC 3339; absent until the first picture. */
            since?: string | null;
            /** @description `live`, or `waiting` for a publisher that disconnected. */
            state: string;
            /** @description The stream. */
            stream: components["schemas"]["StreamRef"];
            /** @description Title; empty until the index knows the stream. */
            title: string;
            /**
             * Format: int32
             * @description Viewers at this gateway.
             */
            viewers: number;
        };
        /** @description Terms at which streams are served: answer to `GET /v1/admin/terms`, and body of `PUT /v1/admin/terms`. */
        PublishingTerms: {
            /** @description Lowest price of a tick. */
            min_price: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Smallest share of the gateway, in parts per million of what protocol and submitter leave.
             */
            min_share_ppm: number;
        };
        /** @description Where a gateway fetches the video from. */
        PullSource: {
            /** @description URL of an HLS playlist, or with the scheme rtmp, rtmps, rtsp or srt. */
            url: string;
        };
        /** @description The source from which a gateway pulls the video of a stream. */
        PulledSource: {
            /** @description Whether it is connected or being connected. Otherwise another attempt follows a pause. */
            is_connected: boolean;
            /** @description Sentence that says why the last attempt ended. */
            last_error?: string | null;
            /** @description Time of the last change, RFC 3339. */
            since: string;
            /** @description Its address, without a password. */
            url: string;
        };
        /** @description Key with which browsers subscribe to this gateway's push messages: `GET /v1/push/key`. */
        PushKey: {
            /** @description Public key of P-256, uncompressed, in URL-safe base64 without padding. */
            key: string;
        };
        /** @description Keys of a push subscription, in URL-safe base64 without padding. */
        PushKeys: {
            /** @description Secret that authenticates messages. */
            auth: string;
            /** @description Public key of the browser. */
            p256dh: string;
        };
        /** @description A browser's push subscription, as the browser writes it: `PUT /v1/me/push`. */
        PushSubscription: {
            /** @description Address of the push service for this browser. */
            endpoint: string;
            /** @description Keys with which messages are encrypted. */
            keys: components["schemas"]["PushKeys"];
        };
        /** @description Playback in one bucket of time. */
        QualityBucket: {
            /** @description Start of the bucket, RFC 3339. */
            from: string;
            /** @description What players reported. */
            summary: components["schemas"]["QualitySummary"];
        };
        /** @description Answer to `GET /v1/streams/{id}/quality`. */
        QualityHistory: {
            /** @description Buckets with at least one report, oldest first. */
            buckets: components["schemas"]["QualityBucket"][];
            /** @description The whole range. */
            total: components["schemas"]["QualitySummary"];
        };
        /** @description Body of `POST /v1/streams/{id}/quality`: what one player experienced since its last report. */
        QualityReport: {
            /**
             * Format: int32
             * @description Pictures that were decoded too late to be shown.
             * @default 0
             */
            dropped_frames: number;
            /**
             * Format: int32
             * @description All pictures, those that were dropped among them.
             * @default 0
             */
            frames: number;
            /**
             * Format: int32
             * @description Distance to live in milliseconds, the median of the period; absent for recordings.
             * @default null
             */
            latency_ms: number | null;
            /**
             * @description Kind of player: `hls.js` or `native`.
             * @default
             */
            player: string;
            /**
             * @description Milliseconds that each rendition was on screen, by its name.
             * @default {}
             */
            renditions: {
                [key: string]: number;
            };
            /**
             * Format: int32
             * @description Length of the stalls in milliseconds.
             * @default 0
             */
            stall_ms: number;
            /**
             * Format: int32
             * @description Number of times that the picture stopped for lack of data. A picture held back because it was not paid for is no stall.
             * @default 0
             */
            stalls: number;
            /**
             * Format: int32
             * @description Time from the viewer's wish to watch until the first picture, in milliseconds; in the first report only.
             * @default null
             */
            start_ms: number | null;
        };
        /** @description What all players reported together. Percentiles are upper bounds of the buckets that they fall into. */
        QualitySummary: {
            /**
             * Format: double
             * @description Share of the pictures that were dropped, from 0 to 1.
             */
            dropped_ratio: number;
            /**
             * Format: int32
             * @description Median distance to live in milliseconds; absent without live viewers, or if it is above the last bound.
             */
            latency_p50_ms?: number | null;
            /**
             * Format: int32
             * @description The same for the twentieth that is farthest behind.
             */
            latency_p95_ms?: number | null;
            /**
             * Format: double
             * @description Time played in seconds.
             */
            played_s: number;
            /** @description Share of the time played in each rendition, from 0 to 1. */
            renditions: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Number of reports.
             */
            reports: number;
            /**
             * Format: double
             * @description Share of the time that was spent in stalls, from 0 to 1.
             */
            stall_ratio: number;
            /**
             * Format: int64
             * @description Number of stalls.
             */
            stalls: number;
            /**
             * Format: int32
             * @description Median time to the first picture in milliseconds; absent without starts, or if it is above the last bound.
             */
            start_p50_ms?: number | null;
            /**
             * Format: int32
             * @description The same for the slowest twentieth.
             */
            start_p95_ms?: number | null;
            /**
             * Format: int64
             * @description Number of players that began.
             */
            starts: number;
        };
        /** @description The message that another one answers, as it was then. */
        QuotedMessage: {
            /** @description Who wrote it. */
            author: components["schemas"]["PersonRef"];
            /** @description Number of the message. */
            id: components["schemas"]["MessageId"];
            /** @description The beginning of its text, at most 100 characters. */
            text: string;
        };
        /** @description Counts of a stream or a recording. */
        Reactions: {
            /**
             * Format: int64
             * @description Comments, replies included.
             */
            comments: number;
            /** @description Whether the signed-in person likes it. */
            is_liked_by_me: boolean;
            /**
             * Format: int64
             * @description People who like it.
             */
            likes: number;
            /**
             * Format: int64
             * @description Views: one for each viewer and day.
             */
            views: number;
        };
        /** @description Body of `POST /v1/me/notices/read`. */
        ReadNotices: {
            /**
             * Format: int64
             * @description Number of the last notice that was read; those before it count as read as well.
             */
            up_to: number;
        };
        /** @description One settlement of a session, in one finalized block. */
        Receipt: {
            /** @description Time of the block, RFC 3339. */
            at: string;
            /**
             * Format: int32
             * @description Number of the block.
             */
            block: number;
            /** @description Amount paid for them. */
            paid: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Ticks settled in this block.
             */
            ticks: number;
        };
        /**
         * @description Where a recording comes from.
         * @enum {string}
         */
        RecordingKind: "broadcast" | "upload" | "clip";
        /** @description Body of `PATCH /v1/streams/{id}/recordings/{number}`. What is absent stays as it is. */
        RecordingPatch: {
            /** @description Description, at most 5,000 characters. */
            description?: string | null;
            /** @description Hash of a picture that was uploaded to `/v1/images`, or empty for none. */
            poster?: string | null;
            /** @description Title, at most 120 characters. */
            title?: string | null;
            visibility?: components["schemas"]["Visibility"] | null;
        };
        RecordingRef: number | string;
        /**
         * @description How far a recording is.
         * @enum {string}
         */
        RecordingState: "processing" | "ready" | "failed";
        /** @description A recording: a broadcast that has ended, an upload or a clip. */
        RecordingView: {
            /**
             * Format: int64
             * @description Bytes that are stored, in answers to the creator.
             */
            bytes?: number | null;
            clip?: components["schemas"]["ClipView"] | null;
            /** @description Description; absent if the creator gave none. */
            description?: string;
            /**
             * Format: int64
             * @description Length in seconds.
             */
            duration_s: number;
            /** @description Time at which the broadcast ended, or the work on it, RFC 3339. */
            ended_at: string;
            /** @description Sentence that says why it failed or ends early; absent if it does not. */
            error?: string;
            /** @description Whether its keys cost nothing. */
            is_free?: boolean;
            /** @description Where it comes from. */
            kind?: components["schemas"]["RecordingKind"];
            /**
             * Format: int64
             * @description Number among the broadcasts of its stream, from 1.
             */
            number: number;
            /** @description Path of the multivariant playlist at this gateway. */
            playlist: string;
            /** @description Hash of its picture, which is at `/v1/images/{hash}`; absent if there is none. */
            poster?: string;
            /**
             * @description How addresses name it: by its number, and an unlisted one by its token as well, `7-0123…`. Absent from gateways that do
             *     not have tokens.
             */
            reference?: string;
            /** @description Time at which the broadcast began, or the work on it, RFC 3339. */
            started_at: string;
            /** @description How far it is. Viewers see only those that are ready. */
            state?: components["schemas"]["RecordingState"];
            /** @description Path of the storyboard (WebVTT) at this gateway. */
            storyboard: string;
            /** @description Number of its stream. */
            stream: components["schemas"]["StreamRef"];
            /** @description Title; absent if the creator gave none. */
            title?: string;
            /** @description Who may find and watch it. */
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description Body of `POST /v1/me/invitation`. */
        Redemption: {
            /** @description The code. */
            code: string;
        };
        /** @description Answer to `GET /v1/related/{subject}`. */
        Related: {
            /** @description Recordings, the most alike first. */
            recordings: components["schemas"]["RecordingView"][];
            /** @description Streams, the most alike first. */
            streams: components["schemas"]["StreamView"][];
        };
        /**
         * @description Why something is reported.
         * @enum {string}
         */
        ReportReason: "illegal" | "sexual" | "violence" | "harassment" | "spam" | "copyright" | "other";
        /** @description Answer to `POST /v1/reports`. */
        ReportReceipt: {
            /**
             * Format: int64
             * @description Number of the report.
             */
            id: number;
        };
        /** @description `stream:7`, `recording:7:3`, `comment:12`, `message:9`, or `person:` and an account. */
        ReportSubject: string;
        /** @description A report, for moderators. */
        ReportView: {
            /** @description Time of the report, RFC 3339. */
            at: string;
            /** @description The reporter. */
            by: components["schemas"]["PersonRef"];
            /**
             * Format: int32
             * @description Number of open reports of the same subject, or, of a closed one, of those that were closed with it.
             */
            count: number;
            decision?: components["schemas"]["DecisionView"] | null;
            /**
             * Format: int64
             * @description Number of the report.
             */
            id: number;
            /** @description Notes of moderators on the subject, the oldest first. */
            notes: components["schemas"]["NoteView"][];
            of?: components["schemas"]["PersonRef"] | null;
            /** @description Why. */
            reason: components["schemas"]["ReportReason"];
            /** @description What is reported. */
            subject: components["schemas"]["ReportSubject"];
            /** @description What the reporter wrote; empty if nothing. */
            text: string;
            /** @description What it is called, or the beginning of its text; absent if it has none or is gone. */
            title?: string | null;
        };
        /**
         * @description What a person may do at a gateway beyond what everyone may.
         * @enum {string}
         */
        Role: "admin" | "moderator";
        /** @description A person with a role, in `GET /v1/admin/people`. */
        RoleView: {
            /** @description Since when, RFC 3339. */
            at: string;
            /** @description Who has granted it. */
            by: components["schemas"]["PersonRef"];
            /** @description The person. */
            person: components["schemas"]["PersonRef"];
            /** @description The role. */
            role: components["schemas"]["GrantedRole"];
        };
        /** @description A broadcast that a creator has announced. */
        ScheduleEntry: {
            /**
             * Format: int64
             * @description Number of the entry.
             */
            id: number;
            /** @description Whether the signed-in person is reminded of it; absent if nobody is signed in. */
            is_reminded_me?: boolean | null;
            /**
             * Format: int32
             * @description Length in minutes.
             */
            minutes: number;
            /** @description Beginning, RFC 3339. */
            starts_at: string;
            stream?: components["schemas"]["StreamRef"] | null;
            /** @description Title. */
            title: string;
        };
        /** @description A page of the results of a search. */
        SearchAnswer: {
            /** @description The words that were searched for in place of misspelt ones; absent if the words were found as they are. */
            corrected?: string | null;
            /** @description What the results have in common. */
            facets: components["schemas"]["SearchFacets"];
            /** @description Results in the order asked for. */
            items: components["schemas"]["SearchItem"][];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Number of all results.
             */
            total: number;
        };
        /** @description The most frequent values of all results, the most frequent first. */
        SearchFacets: {
            /** @description Categories. */
            category: components["schemas"]["Facet"][];
            /** @description Kinds of results. */
            kind: components["schemas"]["Facet"][];
            /** @description Languages. */
            language: components["schemas"]["Facet"][];
        };
        /** @description A result of a search. */
        SearchItem: {
            /** @enum {string} */
            kind: "stream";
            /** @description The stream. */
            stream: components["schemas"]["StreamView"];
        } | {
            /** @enum {string} */
            kind: "recording";
            /** @description The recording. */
            recording: components["schemas"]["RecordingView"];
        } | {
            /** @enum {string} */
            kind: "person";
            /** @description The person. */
            person: components["schemas"]["PersonRef"];
        };
        /** @description Searches that begin with a text. */
        SearchSuggestions: {
            /** @description Titles, tags and names, the most frequent first. */
            suggestions: string[];
        };
        /**
         * @description Phase of a session.
         * @enum {string}
         */
        SessionPhase: "offered" | "included" | "finalized" | "closing" | "closed" | "rejected";
        /** @description A session as finalized blocks have it. */
        SessionRecord: {
            /** @description Time of closing, RFC 3339; absent while the session is open. */
            closed_at?: string | null;
            /** @description Account of the gateway. */
            gateway: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description Most ticks that can be settled.
             */
            max_ticks: number;
            /** @description Time of opening, RFC 3339. */
            opened_at: string;
            /** @description Amount paid for them. */
            paid: components["schemas"]["Planck"];
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            refunded?: components["schemas"]["Planck"] | null;
            /** @description Id of the session. */
            session: components["schemas"]["SessionRef"];
            session_key?: components["schemas"]["Account"] | null;
            /**
             * Format: int32
             * @description Ticks settled.
             */
            settled_ticks: number;
            /** @description Stream that is watched. */
            stream: components["schemas"]["StreamRef"];
            /** @description Account that pays. */
            viewer: components["schemas"]["Account"];
        };
        /**
         * @description A session id, as 16 bytes in hex.
         * @example 0x00112233445566778899aabbccddeeff
         */
        SessionRef: string;
        /** @description A session as its gateway knows it. */
        SessionView: {
            /**
             * Format: int32
             * @description Ticks whose keys have been given.
             */
            charged_ticks: number;
            /**
             * Format: int32
             * @description Most ticks that can be revealed.
             */
            max_ticks: number;
            /** @description Phase. */
            phase: components["schemas"]["SessionPhase"];
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Highest tick that the viewer has revealed.
             */
            revealed_ticks: number;
            /** @description Id of the session. */
            session: components["schemas"]["SessionRef"];
            session_key?: components["schemas"]["Account"] | null;
            /**
             * Format: int32
             * @description Ticks settled on chain.
             */
            settled_ticks: number;
            /** @description Stream that is watched. */
            stream: components["schemas"]["StreamRef"];
            /** @description Account that pays. */
            viewer: components["schemas"]["Account"];
        };
        /** @description Body of `PUT /v1/streams/{id}/source`. */
        SetSource: {
            /** @description Address: `https://host/live.m3u8` (HLS), `rtmp://host/app/name` (or `rtmps://`), `rtsp://host/name` or `srt://host:port?streamid=…`. */
            url: string;
        };
        /** @description A new or renewed sign-in. Its refresh token is in a cookie. */
        SignInAnswer: {
            /** @description Token for the header `Authorization: Bearer …`. */
            access_token: string;
            /** @description Time until which the token is accepted, RFC 3339. */
            expires_at: string;
            /** @description The person. */
            me: components["schemas"]["Me"];
        };
        /** @description A sign-in of the person: `GET /v1/auth/sign-ins`. */
        SignInView: {
            /** @description How the person has signed in. */
            by: components["schemas"]["SignedBy"];
            /** @description Time of signing in, RFC 3339. */
            created_at: string;
            /** @description Id. */
            id: string;
            /** @description Whether it is the one that asks. */
            is_this: boolean;
            /** @description Name, as the device has given it. */
            label: string;
            /** @description Time at which its token was renewed last, RFC 3339. */
            last_used_at: string;
        };
        /**
         * @description How a person has signed in.
         * @enum {string}
         */
        SignedBy: "wallet" | "session-key" | "guest";
        /** @description A signed challenge: `POST /v1/auth/sign-in`. */
        SignedChallenge: {
            /** @description Name of this sign-in in the list of sign-ins, such as `Firefox on Linux`. */
            label?: string | null;
            /** @description The challenge's message. */
            message: string;
            /** @description SCALE-encoded `MultiSignature` in hex: over the message, or over `transaction`. */
            signature: string;
            /**
             * @description What a wallet has signed that signs transactions only: the payload of a remark with the message, in hex. The
             *     transaction is never submitted.
             */
            transaction?: string | null;
        };
        /** @description What a person spent in a range of time. */
        Spending: {
            /** @description Days or months in order of time, or creators in order of what they received. Those without payments are left out. */
            buckets: components["schemas"]["SpendingBucket"][];
            /** @description Amount paid for them. */
            total_paid: components["schemas"]["Planck"];
            /**
             * Format: int64
             * @description Seconds that were settled in the whole range.
             */
            total_seconds: number;
            /** @description Amount given as tips in the whole range. */
            total_tips: components["schemas"]["Planck"];
        };
        /** @description What was spent in a day or a month, or for a creator. */
        SpendingBucket: {
            creator?: components["schemas"]["PersonRef"] | null;
            /** @description End of the bucket, RFC 3339. */
            ends_at: string;
            /** @description The day (`2026-11-01`) or month (`2026-11`) in the time zone, or the creator's name. */
            label: string;
            /** @description Amount paid for them. */
            paid: components["schemas"]["Planck"];
            /**
             * Format: int64
             * @description Seconds that were settled.
             */
            seconds: number;
            /** @description Beginning of the bucket, RFC 3339. */
            starts_at: string;
            /** @description Amount given as tips. */
            tips: components["schemas"]["Planck"];
        };
        /** @description A share of a stream's income. */
        Split: {
            /** @description Account that receives the share. */
            account: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description Share in parts per million of what the gateway leaves.
             */
            share_ppm: number;
        };
        /** @description An open SRT listener. */
        SrtListener: {
            /** @description The same at the port of all streams, with a stream id. */
            shared_url?: string | null;
            /** @description URL for the publisher, which gives the publish key as its passphrase. The port is the stream's own, if one was left. */
            url: string;
        };
        /** @description What a creator earned in a month. */
        Statement: {
            /** @description Days in order of time. Those without earnings are left out. */
            days: components["schemas"]["StatementDay"][];
            /** @description ISO 4217 code of the currency; absent if the operator has configured none. */
            fiat_currency?: string | null;
            /** @description The month in the time zone: `2026-11`. */
            month: string;
            /** @description What was earned for them, and open fees. */
            total_earned: components["schemas"]["Planck"];
            /** @description The sum of all in the statement's currency; absent if the operator has configured none. */
            total_fiat?: string | null;
            /**
             * Format: int64
             * @description Seconds settled in the whole month.
             */
            total_seconds: number;
            /** @description The account's share of tips in the whole month. */
            total_tips: components["schemas"]["Planck"];
            /** @description IANA name of the time zone. */
            tz: string;
        };
        /** @description What a creator earned on a day. */
        StatementDay: {
            /** @description The day in the time zone: `2026-11-01`. */
            day: string;
            /** @description The account's share of the amount paid for them, and open fees. */
            earned: components["schemas"]["Planck"];
            /** @description The sum in the statement's currency, with two decimals; absent if the operator has configured none. */
            fiat?: string | null;
            /**
             * Format: int64
             * @description Seconds settled.
             */
            seconds: number;
            /** @description The account's share of tips. */
            tips: components["schemas"]["Planck"];
        };
        /**
         * @description The number of a stream, as decimal digits.
         * @example 0
         */
        StreamRef: string;
        /**
         * @description Settings of a stream. What is absent is as the operator of the gateway has set it.
         *
         *     A `PATCH` is a JSON merge patch (RFC 7396): `null` takes a setting back.
         */
        StreamSettings: {
            clips?: components["schemas"]["ClipMakers"] | null;
            /** @description Codecs of the renditions. H.264 is always among them. */
            codecs?: components["schemas"]["VideoCodec"][] | null;
            copy?: components["schemas"]["CopyMode"] | null;
            dvr_hours?: components["schemas"]["DvrHours"] | null;
            /** @description Encoder of H.264, such as `libx264` or `h264_vaapi`, one of those that the operator offers. */
            encoder?: string | null;
            /**
             * Format: int32
             * @description Days after which a recording is deleted.
             */
            keep_days?: number | null;
            /** @description Heights of the renditions, a part of those that the operator offers. */
            ladder?: number[] | null;
            /**
             * Format: int32
             * @description Length of a part in milliseconds, from 200 to 500.
             */
            part_ms?: number | null;
            /** @description Whether the recording of a broadcast stays after its end. */
            records?: boolean | null;
            source?: components["schemas"]["PullSource"] | null;
        };
        /**
         * @description A stream's status on chain.
         * @enum {string}
         */
        StreamStatus: "live" | "offline" | "ended" | "suspended";
        /** @description A stream: what the chain says of it, and what is known of it at this gateway. */
        StreamView: {
            clips?: components["schemas"]["ClipMakers"] | null;
            /** @description Account of the creator. */
            creator: components["schemas"]["Account"];
            /**
             * @description Path of the multivariant playlist from the beginning of the broadcast, or as far back as the creator allows; absent if
             *     viewers cannot go back.
             */
            dvr_playlist?: string | null;
            /**
             * Format: int32
             * @description Share of the gateway, in parts per million of what protocol and submitter leave.
             */
            gateway_share_ppm: number;
            /** @description Whether the stream is on air at this gateway. */
            is_live_here: boolean;
            /** @description Time of its last broadcast at this gateway, RFC 3339; absent if there was none. */
            last_live?: string | null;
            /** @description What its creator says of it. */
            metadata: components["schemas"]["Metadata"];
            next_price?: components["schemas"]["NextPrice"] | null;
            /** @description Path of the multivariant playlist at this gateway; absent while it is not on air. */
            playlist?: string | null;
            /**
             * Format: int32
             * @description Ticks that a viewer can watch for free.
             */
            preview_ticks: number;
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            /** @description Accounts that share the income with the creator. */
            splits: components["schemas"]["Split"][];
            /** @description Status on chain; `suspended` also while moderators of this gateway withhold it. */
            status: components["schemas"]["StreamStatus"];
            /** @description Number of the stream. */
            stream: components["schemas"]["StreamRef"];
            /** @description Amount paid for them. */
            total_paid: components["schemas"]["Planck"];
            /**
             * Format: int64
             * @description Ticks settled since the stream was created.
             */
            total_ticks: number;
            /** @description Amount tipped. */
            total_tipped: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Viewers at this gateway, counted once a second: sessions that are open here, whether or not they pay at this moment,
             *     and devices that received a preview key within the last eight seconds.
             */
            viewers: number;
        };
        /** @description A stream, `stream:7`, or a recording, `recording:7:3`. */
        Subject: string;
        /** @description A tip. */
        TipView: {
            /** @description Amount, before any share is taken. */
            amount: components["schemas"]["Planck"];
            /** @description Time of its block, RFC 3339. */
            at: string;
            /** @description What the giver wrote; empty if nothing. */
            memo: string;
            /** @description The stream's creator for a tip that was given, and the giver of one that was received. */
            person: components["schemas"]["PersonRef"];
            /** @description Stream that received it. */
            stream: components["schemas"]["StreamRef"];
        };
        /** @description Number of notices that have not been read. */
        UnreadNotices: {
            /**
             * Format: int32
             * @description The number.
             */
            count: number;
        };
        /** @description Body of `POST /v1/me/mail/verify`. */
        VerifyMail: {
            /** @description The six digits. */
            code: string;
        };
        /**
         * @description A codec of renditions.
         * @enum {string}
         */
        VideoCodec: "h264" | "hevc" | "av1";
        /**
         * @description Who may find and watch a recording.
         * @enum {string}
         */
        Visibility: "public" | "unlisted" | "private";
        /**
         * @description How far work is.
         * @enum {string}
         */
        WorkState: "processing" | "ready" | "failed";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
