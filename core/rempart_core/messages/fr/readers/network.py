"""What readers say that go onto the network where a statement asks for it, and of files of others, in French."""

TEXTS = {
    "{what}: no address of HTTP": "{what} : ce n’est pas une adresse HTTP",
    "{what}: a redirect to nowhere": "{what} : une redirection sans destination",
    "{what}: more than {most} redirects": "{what} : plus de {most} redirections",
    "{what}: the name of the host has no address": "{what} : le nom de l’hôte n’a pas d’adresse",
    "{what}: TLS: {error}": "{what} : TLS : {error}",
    "{what}: no HTTP answer": "{what} : pas de réponse HTTP",
    "{what}: an answer that is cut off": "{what} : une réponse tronquée",
    "{name}: a header of several lines": "{name} : un en-tête de plusieurs lignes",
    "curl: url must be given by = or IN": "curl : url doit être donnée par = ou IN",
    "curl: more than one user_agent": "curl : plus d’un user_agent",
    "curl_certificate: hostname must be given by = or IN": "curl_certificate : hostname doit être donné par = ou IN",
    "{what}: no port": "{what} : pas de port",
    "{what}: status {status}": "{what} : état {status}",
    "{path}: does not exist: no machine of Azure": "{path} : n’existe pas : ce n’est pas une machine d’Azure",
    "the metadata service does not tell of an instance of EC2": (
        "le service de métadonnées ne connaît pas d’instance EC2"
    ),
    "no keys of AWS: neither in the environment nor by a role of the instance": (
        "pas de clés AWS : ni dans l’environnement, ni par un rôle de l’instance"
    ),
    "no instance of EC2: {text}": "ce n’est pas une instance EC2 : {text}",
    "no answer of DescribeTags": "ce n’est pas une réponse de DescribeTags",
    "OpenSSL's libcrypto is not there, which certificates are told with ({text})": (
        "la bibliothèque libcrypto d’OpenSSL, qui décrit les certificats, est absente ({text})"
    ),
    "OpenSSL's libcrypto lacks {name}": "la bibliothèque libcrypto d’OpenSSL n’a pas {name}",
    "no certificate that OpenSSL understands": "pas de certificat qu’OpenSSL comprenne",
    "magic: path must be given by = or IN": "magic : path doit être donné par = ou IN",
    "libmagic is not installed, which tells the types of files": (
        "libmagic, qui reconnaît le type des fichiers, n’est pas installée"
    ),
    "libmagic: does not start": "libmagic : ne démarre pas",
    "libmagic: {text}": "libmagic : {text}",
    "yara: {column} is of osquery's configuration; name sigfile or sigrule": (
        "yara : {column} relève de la configuration d’osquery ; nommez sigfile ou sigrule"
    ),
    "yara: name the rules by sigfile or sigrule": "yara : nommez les règles par sigfile ou sigrule",
    "yara-python is not installed, which scans with YARA": "yara-python, qui recherche avec YARA, n’est pas installé",
    "YARA: {error}": "YARA : {error}",
    "process {pid}: may not be read": "processus {pid} : ne peut pas être lu",
    "yara_process: pid must be given by = or IN": "yara_process : pid doit être donné par = ou IN",
    "{what}: broke off": "{what} : interrompu",
}
