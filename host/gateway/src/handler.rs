//! The MCP server: what rmcp asks, answered from a [`Gateway`]. Knows the protocol's words and who the transport says is calling;
//! decides nothing.
use crate::{
    answer::{self, ProtocolError},
    gateway::{Gateway, Incoming, Shown},
    http::Caller,
};
use rmcp::{
    RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult, Implementation,
        ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool,
        ToolAnnotations,
    },
    service::RequestContext,
};
use wardgate_core::{Denial, Subject};

/// The `_meta` key by which a client says which incident a call is about.
pub const INCIDENT: &str = "dev.wardgate/incident";
/// Characters of an incident's name.
const INCIDENT_CHARS: usize = 128;
/// The first revision that knows structured content.
const STRUCTURED: &str = "2025-06-18";

/// How calls come in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Over stdio: whoever started the program.
    Stdio,
    /// Over HTTP: whoever the request was authenticated as.
    Http,
}

/// One connection's, session's or request's view of the gateway.
#[derive(Clone)]
pub(crate) struct Endpoint {
    gateway: Gateway,
    door: Door,
}

impl Endpoint {
    pub(crate) fn new(gateway: Gateway, door: Door) -> Self {
        Self { gateway, door }
    }

    fn subject(&self, context: &RequestContext<RoleServer>) -> (Subject, Option<Denial>) {
        let mut flaw = None;
        let mut subject = match self.door {
            Door::Stdio => Subject::named("local"),
            Door::Http => {
                let parts = context.extensions.get::<http::request::Parts>();
                match parts.and_then(|parts| parts.extensions.get::<Caller>()) {
                    Some(caller) => Subject { session: caller.session.clone(), ..Subject::named(caller.user.clone()) },
                    // Authentication stands in front of every request; if it ever did not run, nothing may pass.
                    None => {
                        flaw =
                            Some(Denial::new("gateway.unauthenticated", "the request carries no authenticated caller"));
                        Subject::named("unauthenticated")
                    }
                }
            }
        };
        match context.meta.get(INCIDENT) {
            None => {}
            Some(value) => match value.as_str().filter(|text| printable(text)) {
                Some(text) => subject.incident = Some(text.into()),
                None => {
                    let reason = format!("_meta {INCIDENT} must be 1 to {INCIDENT_CHARS} printable ASCII characters");
                    flaw =
                        flaw.or(Some(Denial::new("arguments.incident", reason).remedy("shorten it, or leave it out")));
                }
            },
        }
        (subject, flaw)
    }
}

fn printable(text: &str) -> bool {
    (1..=INCIDENT_CHARS).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn listed(shown: Shown<'_>) -> Tool {
    let tool = shown.tool;
    let annotations = ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false);
    Tool::new(tool.name(), shown.description, shown.input.clone())
        .with_title(tool.title())
        .with_raw_output_schema(shown.output.clone())
        .with_annotations(annotations)
}

impl ServerHandler for Endpoint {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new("wardgate", env!("CARGO_PKG_VERSION")).with_title("Wardgate");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(server)
            .with_instructions(self.gateway.instructions())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ProtocolError> {
        let tools = self.gateway.shown().map(listed).collect();
        Ok(ListToolsResult::with_all_items(tools).with_ttl_ms(60_000).with_cache_scope(CacheScope::Private))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.gateway.shown_as(name).map(listed)
    }

    /// A `tools/call` whose arguments are no object is no call to rmcp; to us it is one that is turned away, on record.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ProtocolError> {
        let CustomRequest { method, params, .. } = request;
        if method != "tools/call" {
            return Err(answer::unknown_method(method));
        }
        let (subject, flaw) = self.subject(&context);
        let tool = params.as_ref().and_then(|params| params.get("name")?.as_str()).unwrap_or_default();
        Err(self.gateway.malformed(subject, tool, flaw).await)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ProtocolError> {
        let (subject, flaw) = self.subject(&context);
        let version = context.protocol_version().unwrap_or(ProtocolVersion::V_2025_03_26);
        let incoming = Incoming {
            subject,
            tool: request.name.into_owned(),
            arguments: request.arguments.unwrap_or_default(),
            flaw,
            structured: version.as_str() >= STRUCTURED,
            left: context.ct.clone(),
        };
        self.gateway.call(incoming).await
    }
}
