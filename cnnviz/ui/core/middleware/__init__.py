"""ASGI middleware around Streamlit's own server: what its settings cannot say about requests and messages."""

from cnnviz.ui.core.middleware.client_messages import ClientMessages
from cnnviz.ui.core.middleware.security import Security
from cnnviz.ui.core.middleware.upload_limit import UploadLimit

__all__ = ["ClientMessages", "Security", "UploadLimit"]
