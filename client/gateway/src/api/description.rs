//! The OpenAPI document: what the routes say of themselves, and what holds for all of them.

use utoipa::openapi::{
    path::Operation,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    Content, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder, Responses,
};
use vilokanam_wire::problem::MEDIA_TYPE;

/// Where the schema of a problem is in the document.
const PROBLEM_SCHEMA: &str = "#/components/schemas/Problem";

/// Name of the scheme with which publishers show their right, as the routes write it.
const PUBLISH_KEY: &str = "publish_key";

/// Completes the document that the routes make.
pub fn complete(document: &mut OpenApi) {
    add_problems(document);
    name_wildcards(document);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let bearer = bearer.description(Some("A publish key of the stream, which its creator has made.")).build();
    document.components.get_or_insert_default().add_security_scheme(PUBLISH_KEY, SecurityScheme::Http(bearer));
}

/// Writes the router's `{*name}`, the rest of a path, as the parameter that it is.
fn name_wildcards(document: &mut OpenApi) {
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
}

/// Gives every operation a default answer: a problem, under its own media type.
fn add_problems(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        add_problem(&mut operation.responses);
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch, &mut path.head]
        .into_iter()
        .filter_map(Option::as_mut)
}

fn add_problem(responses: &mut Responses) {
    for response in responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            if is_problem(response) {
                response.content = [(MEDIA_TYPE.to_owned(), problem().into())].into_iter().collect();
            }
        }
    }
    let refused = ResponseBuilder::new()
        .description("The request was refused or failed; the problem says why and what to do.")
        .content(MEDIA_TYPE, problem())
        .build();
    responses.responses.insert("default".into(), refused.into());
}

fn problem() -> Content {
    Content::new(Some(RefOr::Ref(Ref::new(PROBLEM_SCHEMA))))
}

fn is_problem(response: &Response) -> bool {
    response.content.values().any(|content| {
        let RefOr::T(content) = content else { return false };
        matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location == PROBLEM_SCHEMA)
    })
}
