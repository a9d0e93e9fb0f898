"""French for why a host did not answer, or could not be asked."""

FRENCH = {
    "it answers with more than {} MiB, or with half an answer": (
        "elle répond par plus de {} Mio, ou par une demi-réponse"
    ),
    "it answers with more than {} MiB in all": "elle répond par plus de {} Mio en tout",
    "it answers with more than {} at once": "elle répond par plus de {} d’un coup",
    "its answer can't be understood": "sa réponse est incompréhensible",
    "its agent's answer can't be understood": "la réponse de son agent est incompréhensible",
    "it does not greet as a collector does": "elle ne salue pas comme un collecteur",
    "its answer about {} can't be understood": "sa réponse sur {} est incompréhensible",
    "its answer about {} is not what was asked": "sa réponse sur {} n’est pas ce qui était demandé",
    "its answer about {} holds a row that is none": "sa réponse sur {} contient une ligne qui n’en est pas une",
    "its python3 is {}; the collector needs 3.8 or newer": "son python3 est {} ; le collecteur demande 3.8 ou plus",
    "the collector is for Linux, and this is {}: it needs --engine osqueryi": (
        "le collecteur est pour Linux, et c’est {} : il faut --engine osqueryi"
    ),
    "the connection ended in the middle: {}": "la connexion s’est interrompue : {}",
    "it did not answer before the deadline": "elle n’a pas répondu avant le délai",
    "it did not answer before the deadline{}": "elle n’a pas répondu avant le délai{}",
    "no answer before the deadline": "pas de réponse avant le délai",
    "it has no {}: {}": "elle n’a pas de {} : {}",
    "no right to become another user: {}": "pas le droit de devenir un autre utilisateur : {}",
    "it prints without end, and nothing greets": "elle écrit sans fin, et rien ne salue",
    "its answers lead on and on": "ses réponses mènent toujours plus loin",
    "its agent is not known. Compare with `rempart-agent identity` there, then: {}": (
        "son agent n’est pas connu. Comparez avec `rempart-agent identity` là-bas, puis : {}"
    ),
    "its agent's key is not the one that is known ({}): nothing of it is believed. Where it was set up anew, and that "
    "was you: {}": (
        "la clé de son agent n’est pas celle qui est connue ({}) : rien n’en est cru. S’il a été réinstallé, et par "
        "vous : {}"
    ),
    "its agent's machine is not the one that is known ({}): nothing of it is believed. Where it was set up anew, and "
    "that was you: {}": (
        "la machine de son agent n’est pas celle qui est connue ({}) : rien n’en est cru. S’il a été réinstallé, et "
        "par vous : {}"
    ),
    "an installed agent's documents are fetched by SSH only": (
        "les documents d’un agent installé ne se cherchent que par SSH"
    ),
    "its agent gives no documents": "son agent ne donne pas de documents",
    "its spool holds more than {} MiB": "son spool contient plus de {} Mio",
    "{} can't be worked out: {}": "{} ne peut pas être calculé : {}",
    "{} is no text": "{} n’est pas un texte",
    "{} is {}; it can be {}": "{} vaut {} ; valeurs possibles : {}",
    "rempart_waivers is no path of a waiver file, nor a list of them": (
        "rempart_waivers n’est ni le chemin d’un fichier de dérogations, ni une liste de tels chemins"
    ),
    "there is no variable {}": "il n’y a pas de variable {}",
    "{} is not of the form CHECK: {NAME: VALUE}": "{} n’est pas de la forme CONTRÔLE: {NOM: VALEUR}",
    "{} and another variable disagree about {}.{}": "{} et une autre variable se contredisent sur {}.{}",
    "the connection {} is none that Rempart has; there are {}": "Rempart n’a pas de connexion {} ; il y a {}",
    "ansible_become_method is {}; Rempart becomes another user by sudo or su": (
        "ansible_become_method vaut {} ; Rempart change d’utilisateur par sudo ou su"
    ),
    "sudo wants a terminal here (requiretty); allow it without one in sudoers: Defaults:ACCOUNT !requiretty": (
        "sudo exige ici un terminal (requiretty) ; levez cette exigence dans sudoers : Defaults:COMPTE !requiretty"
    ),
    "--engine {}: by a local connection the embedded engine answers": (
        "--engine {} : par une connexion locale, c’est le moteur intégré qui répond"
    ),
    "the service is shut in and does not see this machine as it is: rempart schedule --local-hosts": (
        "le service est enfermé et ne voit pas cette machine telle qu’elle est : rempart schedule --local-hosts"
    ),
    "--engine {}: by SSH the collector answers, or osqueryi": (
        "--engine {} : par SSH, c’est le collecteur qui répond, ou osqueryi"
    ),
    "--engine {}: on Windows osqueryi answers, and nothing else": (
        "--engine {} : sous Windows, osqueryi répond, et rien d’autre"
    ),
    "the inventory was not read within {} s{}": "l’inventaire n’a pas été lu en {} s{}",
    "it opens no session: {}": "elle n’ouvre pas de session : {}",
    "it runs no command: {}": "elle n’exécute pas de commande : {}",
    "the host key of {} has CHANGED ({} SHA256:{}): a new system, or somebody in between. Only if you know why, accept "
    "it: {} && {}": (
        "la clé d’hôte de {} a CHANGÉ ({} SHA256:{}) : un nouveau système, ou quelqu’un au milieu. Seulement si vous "
        "savez pourquoi, acceptez-la : {} && {}"
    ),
    "the host key of {} has been revoked": "la clé d’hôte de {} a été révoquée",
    "the host key of {} is not known ({} SHA256:{}); if it is right, accept it: {}": (
        "la clé d’hôte de {} n’est pas connue ({} SHA256:{}) ; si elle est juste, acceptez-la : {}"
    ),
    "{} is not let in: no key and no password was taken{}": (
        "{} n’entre pas : aucune clé et aucun mot de passe n’a été accepté{}"
    ),
    "{} is not let in: no key and no password was taken": (
        "{} n’entre pas : aucune clé et aucun mot de passe n’a été accepté"
    ),
    "{} is not let in: the password was not taken": "{} n’entre pas : le mot de passe n’a pas été accepté",
    "{} is not let in: {}": "{} n’entre pas : {}",
    "{} can't be reached through the jump: {}": "{} ne s’atteint pas à travers le rebond : {}",
    "{} does not answer": "{} ne répond pas",
    "no SSH connection to {}: {}": "pas de connexion SSH à {} : {}",
    "{} closed the connection while we logged in": "{} a fermé la connexion pendant l’ouverture de session",
    "{} closes the connection before SSH begins: {}": "{} ferme la connexion avant que SSH commence : {}",
    "the jumps to it lead on and on": "les rebonds vers elle mènent toujours plus loin",
    "{} is no port": "{} n’est pas un port",
    "the arguments for ssh can't be understood: {}": "les arguments de ssh sont incompréhensibles : {}",
    "no pipes": "pas de tubes",
    "connection refused": "connexion refusée",
    "no route to host": "aucun chemin vers la machine",
    "network is unreachable": "réseau inaccessible",
    "permission denied": "accès refusé",
    "no such file or directory": "fichier ou dossier inexistant",
    "no space left on device": "plus de place sur le disque",
    "cmd.exe does not end": "cmd.exe ne se termine pas",
    "it has no osquery at {}, and on Windows only osquery can answer": (
        "elle n’a pas d’osquery à {}, et sous Windows seul osquery peut répondre"
    ),
    "osqueryi does not answer: {}": "osqueryi ne répond pas : {}",
    "it does not let {} in": "elle ne laisse pas entrer {}",
    "no WinRM at {} (HTTP status {})": "pas de WinRM à {} (statut HTTP {})",
    "no TLS: {}": "pas de TLS : {}",
    "no answer": "pas de réponse",
    "it sends us elsewhere, where nobody wanted to go": "elle nous envoie ailleurs, où personne ne voulait aller",
    "the login failed: {}": "l’ouverture de session a échoué : {}",
    "no connection: {}": "pas de connexion : {}",
    "a login by basic can't carry the letters of this password; ntlm can": (
        "basic ne peut pas transmettre les lettres de ce mot de passe ; ntlm le peut"
    ),
    "no answer of WinRM: {}": "pas de réponse de WinRM : {}",
    "it is too busy to do anything": "elle est trop occupée pour quoi que ce soit",
    "{} may not use WinRM: {}": "{} n’a pas le droit d’utiliser WinRM : {}",
    "the shell is gone: {}": "le shell a disparu : {}",
    "it is busy: {}": "elle est occupée : {}",
    "it is not ready (HTTP status {})": "elle n’est pas prête (statut HTTP {})",
    "the encrypted connection was lost": "la connexion chiffrée a été perdue",
    "the trusted certificates {} are not there": "les certificats de confiance {} n’existent pas",
    "ansible_port is {}, which is no port": "ansible_port vaut {}, qui n’est pas un port",
    "{} is {}, which is neither yes nor no": "{} vaut {}, qui n’est ni oui ni non",
    "a login by certificate needs https": "une ouverture de session par certificat demande https",
    "there is no ansible_user": "il n’y a pas d’ansible_user",
    "there is no ansible_password": "il n’y a pas d’ansible_password",
    "{}: {}: there is no such file": "{} : {} : ce fichier n’existe pas",
}
